import { EventHistory } from "../../../lab/cloudtrail/event-history";
import type { BusEvent } from "../../../lab/exchange/bus-event";
import type { AwsResponse } from "../../../lab/exchange/messages";
import type { Principal } from "../../../lab/exchange/principal";
import { AwsError } from "../../../lab/shared/errors";
import { ACCOUNT, exchangeOf, USER } from "../../support/lab/exchange";
import { manualClock } from "../../support/lab/manual-clock";
import { loadFixture } from "../../support/load-fixture";

const START = new Date("2026-03-01T08:00:00Z");
const DAY_MS = 86_400_000;
const RECORD = loadFixture("lab/create-user-record");

interface Found {
  readonly Events: readonly { readonly EventId: string; readonly CloudTrailEvent: string }[];
  readonly NextToken?: string;
}

/** A history whose clock can be moved, and lookups in it that wait until one is allowed. */
function historyAt(start = START, delayMs = 0) {
  const clock = manualClock(start);
  const history = new EventHistory({ clock, delayMs: () => delayMs });
  const add = (changes: Record<string, unknown> = {}, region = "us-east-1", account = ACCOUNT): void => {
    const detail = { ...RECORD, eventTime: clock.now().toISOString(), ...changes };
    history.add({ account, region, detail } as unknown as BusEvent);
  };
  const ask = async (params: Record<string, unknown> = {}, principal: Principal = USER): Promise<Found> => {
    const call = { service: "cloudtrail", action: "LookupEvents", params };
    const answer = (await history.handle(exchangeOf(call, principal))) as AwsResponse;
    return JSON.parse(answer.body.toString()) as Found;
  };
  const lookup = async (params: Record<string, unknown> = {}): Promise<Found> => {
    await clock.sleep(500);
    return ask(params);
  };
  return { add, ask, lookup, clock };
}

const by = (AttributeKey: string, AttributeValue: string) => ({
  LookupAttributes: [{ AttributeKey, AttributeValue }],
});
const ids = ({ Events }: Found) => Events.map(({ EventId }) => EventId);

test("an event is found as CloudTrail answers it, with its whole record", async () => {
  const { add, lookup } = historyAt();
  add({ eventID: "one", eventTime: "2026-03-01T08:00:00Z" });

  const { Events } = await lookup();

  expect(Events).toEqual([
    {
      EventId: "one",
      EventName: "CreateUser",
      ReadOnly: "false",
      AccessKeyId: "AKIAIOSFODNN7EXAMPLE",
      EventTime: START.getTime() / 1_000,
      EventSource: "iam.amazonaws.com",
      Username: "alice",
      Resources: [{ ResourceType: "AWS::IAM::User", ResourceName: "mallory" }],
      CloudTrailEvent: expect.any(String),
    },
  ]);
  expect(JSON.parse(Events[0]?.CloudTrailEvent ?? "")).toEqual({
    ...RECORD,
    eventID: "one",
    eventTime: "2026-03-01T08:00:00Z",
  });
});

describe("a lookup finds an event by one attribute", () => {
  test.each([
    ["EventName", "CreateUser"],
    ["EventSource", "iam.amazonaws.com"],
    ["EventId", "one"],
    ["Username", "alice"],
    ["ResourceName", "mallory"],
    ["ResourceType", "AWS::IAM::User"],
    ["AccessKeyId", "AKIAIOSFODNN7EXAMPLE"],
    ["ReadOnly", "false"],
  ])("by %s", async (key, value) => {
    const { add, lookup } = historyAt();
    add({ eventID: "one" });

    expect(ids(await lookup(by(key, value)))).toEqual(["one"]);
    expect(ids(await lookup(by(key, `${value}-other`)))).toEqual([]);
  });

  test("and a refused call, which has no input, by no resource", async () => {
    const { add, lookup } = historyAt();
    add({ errorCode: "AccessDenied", requestParameters: null, responseElements: null });

    expect(ids(await lookup(by("ResourceName", "mallory")))).toEqual([]);
    expect(ids(await lookup(by("EventName", "CreateUser")))).toHaveLength(1);
  });
});

test("a lookup finds the events of its own account and Region, from when on they are available", async () => {
  const { add, lookup, clock } = historyAt(START, 60_000);
  add({ eventID: "here" });
  add({ eventID: "other-region" }, "eu-west-1");
  add({ eventID: "other-account" }, "us-east-1", "777788889999");

  expect(ids(await lookup())).toEqual([]);
  await clock.sleep(59_500);
  expect(ids(await lookup())).toEqual(["here"]);
});

test("pages of at most 50 have every event once, the newest first, while new ones arrive", async () => {
  const { add, lookup } = historyAt();
  for (let index = 1; index <= 120; index += 1) {
    add({ eventID: String(index) });
  }

  const first = await lookup();
  add({ eventID: "late" });
  const second = await lookup({ NextToken: first.NextToken });
  const third = await lookup({ NextToken: second.NextToken });

  const expected = Array.from({ length: 120 }, (_, index) => String(120 - index));
  expect([first, second, third].map(({ Events }) => Events.length)).toEqual([50, 50, 20]);
  expect([first, second, third].flatMap(ids)).toEqual(expected);
  expect(third.NextToken).toBeUndefined();
});

test("a lookup finds what happened within its time, and nothing from before 90 days", async () => {
  const { add, lookup, clock } = historyAt();
  const at = () => clock.now().getTime() / 1_000;
  add({ eventID: "first" });
  await clock.sleep(80 * DAY_MS);
  add({ eventID: "second" });
  const secondAt = at();
  await clock.sleep(20 * DAY_MS);
  add({ eventID: "third" });

  expect(ids(await lookup())).toEqual(["third", "second"]);
  expect(ids(await lookup({ StartTime: secondAt, EndTime: secondAt }))).toEqual(["second"]);
  expect(ids(await lookup({ EventCategory: "insight" }))).toEqual([]);
});

test("two lookups a second pass per account and Region, and the third is throttled", async () => {
  const { ask, clock } = historyAt();
  const other: Principal = { ...USER, accountId: "777788889999" };
  await ask();
  await ask();

  await expect(ask()).rejects.toMatchObject({ code: "ThrottlingException" });
  await expect(ask({}, other)).resolves.toEqual({ Events: [] });
  await clock.sleep(500);
  await expect(ask()).resolves.toEqual({ Events: [] });
  await expect(ask()).rejects.toBeInstanceOf(AwsError);
});

describe("a lookup is refused", () => {
  const two = { LookupAttributes: [...by("EventName", "a").LookupAttributes, { AttributeKey: "EventId" }] };
  const seconds = START.getTime() / 1_000;
  test.each([
    ["with two attributes", two, "InvalidLookupAttributesException"],
    ["by an unknown attribute", by("SourceIp", "192.0.2.7"), "InvalidLookupAttributesException"],
    ["for more than 50 results", { MaxResults: 51 }, "InvalidMaxResultsException"],
    ["for no result", { MaxResults: 0 }, "InvalidMaxResultsException"],
    [
      "with its end before its start",
      { StartTime: seconds, EndTime: seconds - 1 },
      "InvalidTimeRangeException",
    ],
    ["from before 90 days", { StartTime: seconds - 91 * 86_400 }, "InvalidTimeRangeException"],
    ["with a token of nobody", { NextToken: "token" }, "InvalidNextTokenException"],
  ])("%s", async (_reason, params, code) => {
    await expect(historyAt().lookup(params)).rejects.toMatchObject({ code, status: 400 });
  });

  test("with the token of a lookup that had other parameters", async () => {
    const { add, lookup } = historyAt();
    add();
    add();
    const { NextToken } = await lookup({ MaxResults: 1 });

    const changed = lookup({ MaxResults: 1, NextToken, ...by("EventName", "CreateUser") });

    await expect(changed).rejects.toMatchObject({ code: "InvalidNextTokenException" });
  });
});
