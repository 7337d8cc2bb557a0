import { randomUUID } from "node:crypto";
import { eventTime, readBus, type BusAddress, type BusEvent } from "../exchange/bus-event";
import type { Exchange } from "../exchange/messages";
import type { MotoClient } from "../exchange/moto-client";
import type { Handler } from "../exchange/pipeline";
import { jsonResponse } from "../exchange/responses";
import { AwsError } from "../shared/errors";
import type { EventBuses } from "./event-buses";

/** EventBridge's limit for one PutEvents call. */
const MAX_ENTRIES = 10;
const MAX_ENTRY_BYTES = 262_144;

interface Entry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
  /** Seconds since 1970. */
  readonly Time?: number;
}

type EntryResult = { EventId: string } | { ErrorCode: string; ErrorMessage: string };

/** What {@link putEventsHandler} works with. */
export interface PutEventsDependencies {
  readonly buses: EventBuses;
  readonly moto: MotoClient;
}

/** Answers PutEvents. moto fails once a rule has a function as its target. */
export function putEventsHandler(dependencies: PutEventsDependencies): Handler {
  return async (exchange) => {
    const { service, action, params } = exchange.request;
    if (service !== "events" || action !== "PutEvents") {
      return undefined;
    }
    const entries = (params["Entries"] ?? []) as Entry[];
    if (entries.length === 0 || entries.length > MAX_ENTRIES) {
      throw new AwsError("ValidationException", `Entries must have between 1 and ${MAX_ENTRIES} members.`);
    }
    const buses = entries.map((entry) => busOf(exchange, entry));
    for (const bus of buses) {
      await mustExist(bus, dependencies);
    }
    const results = entries.map((entry, index) =>
      put(exchange, entry, buses[index] ?? busOf(exchange, entry), dependencies),
    );
    const failed = results.filter((result) => "ErrorCode" in result).length;
    return jsonResponse({ FailedEntryCount: failed, Entries: results });
  };
}

function busOf({ principal, request }: Exchange, entry: Entry): BusAddress {
  return readBus(entry.EventBusName, { accountId: principal.accountId, region: request.region });
}

/** Rejects when there is no such bus. */
async function mustExist(
  { accountId, region, name }: BusAddress,
  { moto }: PutEventsDependencies,
): Promise<void> {
  await moto(accountId, { service: "events", region, action: "DescribeEventBus", params: { Name: name } });
}

function put(
  exchange: Exchange,
  entry: Entry,
  bus: BusAddress,
  { buses }: PutEventsDependencies,
): EntryResult {
  if (exchange.forwarded !== undefined) {
    const { event, from } = exchange.forwarded;
    buses.receive(bus, event, from);
    return { EventId: event.id };
  }
  const refused = refusal(entry);
  if (refused !== undefined) {
    return refused;
  }
  const event = newEvent(exchange, entry, bus.region);
  buses.receive(bus, event, exchange.principal.accountId);
  return { EventId: event.id };
}

/**
 * Per-entry errors: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
 */
function refusal(entry: Entry): EntryResult | undefined {
  for (const name of ["Source", "DetailType", "Detail"] as const) {
    if (!entry[name]) {
      const reason = `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
      return { ErrorCode: "InvalidArgument", ErrorMessage: reason };
    }
  }
  if (entry.Source?.startsWith("aws.") === true) {
    return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
  }
  if (!isJsonObject(entry.Detail ?? "")) {
    return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  }
  if (Buffer.byteLength(JSON.stringify(entry)) > MAX_ENTRY_BYTES) {
    return {
      ErrorCode: "InvalidArgument",
      ErrorMessage: `Total size of the entry exceeds ${MAX_ENTRY_BYTES} bytes.`,
    };
  }
  return undefined;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function newEvent({ principal, receivedAt }: Exchange, entry: Entry, region: string): BusEvent {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": entry.DetailType ?? "",
    source: entry.Source ?? "",
    account: principal.accountId,
    time: eventTime(entry.Time === undefined ? receivedAt : new Date(entry.Time * 1000)),
    region,
    resources: entry.Resources ?? [],
    detail: JSON.parse(entry.Detail ?? "{}"),
  };
}
