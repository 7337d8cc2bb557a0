import type { EventBuses } from "../../../lab/eventbridge/event-buses";
import { putEventsHandler } from "../../../lab/eventbridge/put-events";
import type { BusAddress, BusEvent } from "../../../lab/exchange/bus-event";
import type { Exchange } from "../../../lab/exchange/messages";
import { AwsError } from "../../../lab/shared/errors";
import { ACCOUNT, exchangeOf } from "../../support/lab/exchange";

const CENTRAL = "arn:aws:events:us-east-1:111122223333:event-bus/security-events";
const ENTRY = { Source: "my.app", DetailType: "Thing", Detail: '{"a":1}' };

function handler() {
  const received: [BusAddress, BusEvent, string | undefined][] = [];
  const receive: EventBuses["receive"] = (...args) => received.push([args[0], args[1], args[2]]);
  const moto = jest.fn().mockResolvedValue({});
  const stage = putEventsHandler({ buses: { receive } as EventBuses, moto });
  const put = async (exchange: Exchange): Promise<unknown> => {
    const response = await stage(exchange);
    return JSON.parse(response?.body.toString() ?? "null");
  };
  return { received, put, moto };
}

function putting(...Entries: Record<string, unknown>[]): Exchange {
  return exchangeOf({ service: "events", action: "PutEvents", params: { Entries } });
}

describe("putEventsHandler", () => {
  test("puts an event on the caller's default bus", async () => {
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

  test("uses the time of the entry", async () => {
    const { put, received } = handler();

    await put(putting({ ...ENTRY, Time: 1767600000 }));

    expect(received[0]?.[1].time).toBe("2026-01-05T08:00:00Z");
  });

  test.each([
    ["a source of AWS", { ...ENTRY, Source: "aws.iam" }, "NotAuthorizedForSourceException"],
    ["no source", { ...ENTRY, Source: undefined }, "InvalidArgument"],
    ["a detail that is no JSON", { ...ENTRY, Detail: "{" }, "MalformedDetail"],
    ["a detail that is no object", { ...ENTRY, Detail: "[1]" }, "MalformedDetail"],
    [
      "an entry over 256 KB",
      { ...ENTRY, Detail: JSON.stringify({ x: "x".repeat(262_144) }) },
      "InvalidArgument",
    ],
  ])("refuses %s, and accepts the other entries", async (_name, entry, code) => {
    const { put, received } = handler();

    const answer = await put(putting(entry, ENTRY));

    expect(answer).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: code }, { EventId: expect.any(String) }],
    });
    expect(received).toHaveLength(1);
  });

  test("puts an event on the bus of another account", async () => {
    const { put, received } = handler();

    await put(putting({ ...ENTRY, EventBusName: CENTRAL }));

    const bus = { accountId: "111122223333", region: "us-east-1", name: "security-events" };
    expect(received).toEqual([[bus, expect.objectContaining({ account: ACCOUNT }), ACCOUNT]]);
  });

  test("puts nothing on a bus that does not exist", async () => {
    const { put, received, moto } = handler();
    moto.mockRejectedValue(new AwsError("ResourceNotFoundException", "Event bus nowhere does not exist."));

    const answer = put(putting({ ...ENTRY, EventBusName: "nowhere" }));

    await expect(answer).rejects.toMatchObject({ code: "ResourceNotFoundException" });
    expect(received).toEqual([]);
  });

  test("keeps a forwarded event unchanged", async () => {
    const { put, received } = handler();
    const event = { id: "e", source: "aws.iam", account: ACCOUNT } as BusEvent;

    await put({ ...putting({ ...ENTRY, EventBusName: CENTRAL }), forwarded: { event, from: ACCOUNT } });

    expect(received[0]?.[1]).toBe(event);
    expect(received[0]?.[2]).toBe(ACCOUNT);
  });

  test("ignores other actions", async () => {
    const { put } = handler();

    const answer = await put(exchangeOf({ service: "events", action: "PutRule" }));

    expect(answer).toBeNull();
  });
});
