import type { BusAddress, BusEvent } from "../../../lab/eventbridge/bus-event";
import type { EventBuses } from "../../../lab/eventbridge/event-buses";
import { putEventsHandler } from "../../../lab/eventbridge/put-events";
import type { Exchange } from "../../../lab/gateway/messages";
import { ACCOUNT, exchangeOf, USER } from "../../support/lab-exchange";

const CENTRAL = "arn:aws:events:us-east-1:111122223333:event-bus/security-events";
const ORGANIZATION_POLICY = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "Organization",
      Effect: "Allow",
      Principal: "*",
      Action: "events:PutEvents",
      Resource: CENTRAL,
      Condition: { StringEquals: { "aws:PrincipalOrgID": "o-lab0000001" } },
    },
  ],
};
const ENTRY = { Source: "my.app", DetailType: "Thing", Detail: '{"a":1}' };

function handler(policy?: object) {
  const received: [BusAddress, BusEvent, string | undefined][] = [];
  const receive: EventBuses["receive"] = (...args) => received.push([args[0], args[1], args[2]]);
  const moto = jest.fn().mockResolvedValue(policy === undefined ? {} : { Policy: JSON.stringify(policy) });
  const stage = putEventsHandler({
    buses: { receive } as EventBuses,
    moto,
    organizationId: "o-lab0000001",
    accountIds: [ACCOUNT, "111122223333"],
  });
  const put = async (exchange: Exchange): Promise<unknown> => {
    const response = await stage(exchange);
    return JSON.parse(response?.body.toString() ?? "null");
  };
  return { received, put };
}

function putting(...Entries: Record<string, unknown>[]): Exchange {
  return exchangeOf({ service: "events", action: "PutEvents", params: { Entries } });
}

describe("putEventsHandler", () => {
  it("puts an event on the caller's default bus", async () => {
    const { put, received } = handler();

    const answer = await put(putting({ ...ENTRY, Resources: ["arn"] }));

    const [bus, event] = received[0] ?? [];
    expect(bus).toEqual({ accountId: ACCOUNT, region: "us-east-1", name: "default" });
    expect(event).toMatchObject({
      version: "0",
      source: "my.app",
      "detail-type": "Thing",
      account: ACCOUNT,
      region: "us-east-1",
      time: "2026-01-05T08:00:00Z",
      resources: ["arn"],
      detail: { a: 1 },
    });
    expect(answer).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: event?.id }] });
  });

  it("takes the time of the entry", async () => {
    const { put, received } = handler();

    await put(putting({ ...ENTRY, Time: 1767600000 }));

    expect(received[0]?.[1].time).toBe("2026-01-05T08:00:00Z");
  });

  it.each([
    ["a source of AWS", { ...ENTRY, Source: "aws.iam" }, "NotAuthorizedForSourceException"],
    ["no source", { ...ENTRY, Source: undefined }, "InvalidArgument"],
    ["a detail that is no JSON", { ...ENTRY, Detail: "{" }, "MalformedDetail"],
    ["a detail that is no object", { ...ENTRY, Detail: "[1]" }, "MalformedDetail"],
    [
      "an entry over 256 KB",
      { ...ENTRY, Detail: JSON.stringify({ x: "x".repeat(262_144) }) },
      "InvalidArgument",
    ],
  ])("refuses %s, and takes the other entries", async (_name, entry, code) => {
    const { put, received } = handler();

    const answer = await put(putting(entry, ENTRY));

    expect(answer).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: code }, { EventId: expect.any(String) }],
    });
    expect(received).toHaveLength(1);
  });

  it("lets an account of the organization onto the central bus", async () => {
    const { put, received } = handler(ORGANIZATION_POLICY);

    await put(putting({ ...ENTRY, EventBusName: CENTRAL }));

    const bus = { accountId: "111122223333", region: "us-east-1", name: "security-events" };
    expect(received).toEqual([[bus, expect.objectContaining({ account: ACCOUNT }), ACCOUNT]]);
  });

  it.each([
    ["an account outside the organization", ORGANIZATION_POLICY, "999988887777"],
    ["any other account when the bus has no policy", undefined, ACCOUNT],
  ])("keeps %s off the central bus", async (_name, policy, accountId) => {
    const { put, received } = handler(policy);
    const principal = { ...USER, accountId, arn: `arn:aws:iam::${accountId}:user/alice` };
    const params = { Entries: [{ ...ENTRY, EventBusName: CENTRAL }] };

    const answer = put(exchangeOf({ service: "events", action: "PutEvents", params }, principal));

    await expect(answer).rejects.toMatchObject({ code: "AccessDeniedException" });
    expect(received).toEqual([]);
  });

  it("keeps a forwarded event as it is", async () => {
    const { put, received } = handler(ORGANIZATION_POLICY);
    const event = { id: "e", source: "aws.iam", account: ACCOUNT } as BusEvent;

    await put({ ...putting({ ...ENTRY, EventBusName: CENTRAL }), forwarded: { event, from: ACCOUNT } });

    expect(received[0]?.[1]).toBe(event);
    expect(received[0]?.[2]).toBe(ACCOUNT);
  });

  it("leaves other actions alone", async () => {
    const { put } = handler();

    const answer = await put(exchangeOf({ service: "events", action: "PutRule" }));

    expect(answer).toBeNull();
  });
});
