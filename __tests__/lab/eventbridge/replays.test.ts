import { EventLog } from "../../../lab/eventbridge/event-log";
import { Replays } from "../../../lab/eventbridge/replays";
import type { BusAddress, BusEvent } from "../../../lab/exchange/bus-event";
import fixture from "../../fixtures/lab/outcome-event.json";
import { ACCOUNT, exchangeOf } from "../../support/lab/exchange";

const ARN = `arn:aws:events:us-east-1:${ACCOUNT}`;
const RULE = `${ARN}:rule/security-events/audit`;
const NOW = new Date("2026-01-05T12:00:00Z");
const MINUTE = 60;
const seconds = (time: string) => Date.parse(time) / 1000;
const eventAt = (time: string): BusEvent => ({ ...(fixture as BusEvent), id: time, time });

const TIMES = ["2026-01-05T10:02:00Z", "2026-01-05T10:00:00Z", "2026-01-05T10:05:00Z"];

/** An archive with an event of each time, in the order in which they came. */
function setUp(times = TIMES) {
  const events = new EventLog();
  for (const time of times) {
    events.archive(ACCOUNT, "central", eventAt(time));
  }
  const replayed: { bus: BusAddress; event: BusEvent; rules: readonly string[] | undefined }[] = [];
  const pauses: (() => void)[] = [];
  const moto = jest.fn((_accountId: string, call: { readonly action: string }) =>
    Promise.resolve<Record<string, unknown>>(
      call.action === "ListReplays"
        ? { Replays: [{ ReplayName: "again" }] }
        : { ReplayName: "again", State: "STARTING" },
    ),
  );
  const replays = new Replays({
    moto,
    events,
    buses: {
      replay: (bus, event, rules) => {
        replayed.push({ bus, event, rules });
        return Promise.resolve();
      },
    },
    clock: { now: () => NOW, sleep: () => new Promise<void>((resolve) => pauses.push(resolve)) },
    log: (line) => {
      throw new Error(line);
    },
  });
  const call = async (action: string, params: object = {}): Promise<Record<string, unknown>> => {
    const exchange = exchangeOf({ service: "events", action, params: { ReplayName: "again", ...params } });
    const response = await replays.handle(exchange);
    return JSON.parse(String(response?.body)) as Record<string, unknown>;
  };
  return {
    replayed,
    moto,
    call,
    replays,
    start: (params: object = {}) =>
      call("StartReplay", {
        EventSourceArn: `${ARN}:archive/central`,
        EventStartTime: seconds("2026-01-05T10:00:00Z"),
        EventEndTime: seconds("2026-01-05T10:05:00Z"),
        Destination: { Arn: `${ARN}:event-bus/security-events` },
        ...params,
      }),
    /** Ends the pause in which the replay is, and lets it go on to the next. */
    async pass() {
      pauses.shift()?.();
      await new Promise(setImmediate);
    },
  };
}

test("a replay puts the events of its time on the bus again, minute by minute", async () => {
  const lab = setUp();
  await lab.start();
  await lab.pass();
  await lab.pass();

  // The end is exclusive.
  expect(lab.replayed.map(({ event }) => event.time)).toEqual([
    "2026-01-05T10:00:00Z",
    "2026-01-05T10:02:00Z",
  ]);
  expect(lab.replayed[0]).toMatchObject({
    bus: { accountId: ACCOUNT, region: "us-east-1", name: "security-events" },
    event: { "replay-name": "again" },
    rules: undefined,
  });
});

test("a replay keeps no order within a minute, as in AWS", async () => {
  const lab = setUp(["2026-01-05T10:01:10Z", "2026-01-05T10:00:10Z", "2026-01-05T10:00:50Z"]);
  await lab.start();
  await lab.pass();
  await lab.pass();

  expect(lab.replayed.map(({ event }) => event.time)).toEqual([
    "2026-01-05T10:00:50Z",
    "2026-01-05T10:00:10Z",
    "2026-01-05T10:01:10Z",
  ]);
});

test("only the rules that the replay names see its events", async () => {
  const lab = setUp();
  await lab.start({ Destination: { Arn: `${ARN}:event-bus/security-events`, FilterArns: [RULE] } });
  await lab.pass();
  await lab.pass();

  expect(lab.replayed.map(({ rules }) => rules)).toEqual([[RULE], [RULE]]);
});

test("a replay is starting, then running, then completed, with the time of its last event", async () => {
  const lab = setUp();
  expect(await lab.start()).toMatchObject({ State: "STARTING", ReplayStartTime: NOW.getTime() / 1000 });
  await lab.pass();
  expect(await lab.call("DescribeReplay")).toMatchObject({ State: "RUNNING" });
  await lab.pass();

  expect(await lab.call("DescribeReplay")).toMatchObject({
    State: "COMPLETED",
    ReplayEndTime: NOW.getTime() / 1000,
    EventLastReplayedTime: seconds("2026-01-05T10:02:00Z"),
  });
});

test("a cancelled replay puts nothing on the bus, and one that is over cannot be cancelled", async () => {
  const lab = setUp();
  await lab.start();
  await lab.pass();
  await lab.call("CancelReplay");
  await lab.pass();
  expect(lab.replayed).toEqual([]);
  expect(await lab.call("DescribeReplay")).toMatchObject({ State: "CANCELLED" });

  await expect(lab.call("CancelReplay")).rejects.toMatchObject({ code: "IllegalStatusException" });
});

test("replays are listed by the state that the lab knows", async () => {
  const lab = setUp();
  await lab.start();

  expect(await lab.call("ListReplays", { State: "STARTING" })).toMatchObject({
    Replays: [{ State: "STARTING" }],
  });
  expect(await lab.call("ListReplays", { State: "COMPLETED" })).toEqual({ Replays: [] });
});

test("a replay that ends before it begins is refused, and moto is not asked", async () => {
  const lab = setUp();
  const EventEndTime = seconds("2026-01-05T10:00:00Z") - MINUTE;

  await expect(lab.start({ EventEndTime })).rejects.toMatchObject({ code: "ValidationException" });
  expect(lab.moto).not.toHaveBeenCalled();
});

test("calls of other kinds are left to others", async () => {
  const lab = setUp();

  expect(await lab.replays.handle(exchangeOf({ service: "events", action: "PutRule" }))).toBeUndefined();
});
