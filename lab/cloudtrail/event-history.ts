import type { Home } from "../exchange/arn";
import type { BusEvent } from "../exchange/bus-event";
import type { Exchange } from "../exchange/messages";
import type { Handler } from "../exchange/pipeline";
import { jsonResponse } from "../exchange/responses";
import type { Clock } from "../shared/clock";
import { AwsError } from "../shared/errors";
import { LOOKUP_ATTRIBUTES, resourcesOf, usernameOf } from "./lookup-attributes";

/** What {@link EventHistory} works with. */
export interface EventHistoryDependencies {
  readonly clock: Pick<Clock, "now">;
  /** How long after a call LookupEvents finds its event. */
  readonly delayMs: () => number;
}

interface Recorded {
  /** Counts up per account and Region. */
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly recordedAt: number;
  readonly record: Readonly<Record<string, unknown>>;
}

/** The input of LookupEvents; times are seconds since 1970. */
interface Lookup {
  readonly LookupAttributes?: readonly { readonly AttributeKey?: string; readonly AttributeValue?: string }[];
  readonly StartTime?: number;
  readonly EndTime?: number;
  readonly EventCategory?: string;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** What the lab keeps per account and Region; CloudTrail keeps everything of 90 days. */
const KEPT = 50_000;

const DAY_MS = 86_400_000;
const KEPT_DAYS = 90;
const MAX_RESULTS = 50;

/** Two requests a second; that they may also come at once is inferred. */
const LOOKUPS_PER_SECOND = 2;

/**
 * CloudTrail's event history: what LookupEvents finds. Limits and errors:
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export class EventHistory {
  /** Oldest first, by account and Region. */
  private readonly events = new Map<string, Recorded[]>();
  /** Lookups that may be made now, by account and Region. */
  private readonly allowances = new Map<string, { left: number; at: number }>();

  constructor(private readonly dependencies: EventHistoryDependencies) {}

  /** Keeps an event that CloudTrail recorded. */
  add({ account, region, detail }: BusEvent): void {
    const key = keyOf({ accountId: account, region });
    const events = this.events.get(key) ?? [];
    const sequence = (events.at(-1)?.sequence ?? 0) + 1;
    events.push({ sequence, recordedAt: this.now(), record: detail as Record<string, unknown> });
    if (events.length > KEPT) {
      events.shift();
    }
    this.events.set(key, events);
  }

  /** Answers LookupEvents. */
  readonly handle: Handler = ({ request, accountId }: Exchange) => {
    if (request.service !== "cloudtrail" || request.action !== "LookupEvents") {
      return undefined;
    }
    const home = { accountId, region: request.region };
    this.spendLookup(home);
    return jsonResponse(this.lookup(request.params, home));
  };

  private spendLookup(home: Home): void {
    const now = this.now();
    const { left, at } = this.allowances.get(keyOf(home)) ?? { left: LOOKUPS_PER_SECOND, at: now };
    const available = Math.min(LOOKUPS_PER_SECOND, left + ((now - at) / 1_000) * LOOKUPS_PER_SECOND);
    const isAllowed = available >= 1;
    this.allowances.set(keyOf(home), { left: available - (isAllowed ? 1 : 0), at: now });
    if (!isAllowed) {
      throw new AwsError("ThrottlingException", "Rate exceeded");
    }
  }

  private lookup(input: Lookup, home: Home): object {
    const maxResults = input.MaxResults ?? MAX_RESULTS;
    if (maxResults < 1 || maxResults > MAX_RESULTS) {
      const expected = `expected 1 to ${MAX_RESULTS}`;
      throw new AwsError("InvalidMaxResultsException", `MaxResults: ${expected}, got ${maxResults}.`);
    }
    const matches = matcher(input, this.now());
    const before = readToken(input);
    const availableAt = this.now() - this.dependencies.delayMs();
    const found = (this.events.get(keyOf(home)) ?? [])
      .filter((event) => event.recordedAt <= availableAt && event.sequence < before && matches(event.record))
      .reverse();
    const page = found.slice(0, maxResults);
    const last = page.at(-1);
    return {
      Events: page.map(({ record }) => eventOf(record)),
      ...(last !== undefined && found.length > page.length && { NextToken: token(input, last.sequence) }),
    };
  }

  private now(): number {
    return this.dependencies.clock.now().getTime();
  }
}

function keyOf({ accountId, region }: Home): string {
  return `${accountId}/${region}`;
}

/** Whether a lookup asks for a record. Throws what AWS refuses a lookup with. */
function matcher(
  { LookupAttributes = [], StartTime, EndTime, EventCategory }: Lookup,
  now: number,
): (record: Readonly<Record<string, unknown>>) => boolean {
  const [attribute, ...more] = LookupAttributes;
  const valuesOf = LOOKUP_ATTRIBUTES[attribute?.AttributeKey ?? ""];
  if (more.length > 0 || (attribute !== undefined && valuesOf === undefined)) {
    const keys = Object.keys(LOOKUP_ATTRIBUTES).join(", ");
    const message = `LookupAttributes: expected at most one, with a key of ${keys}.`;
    throw new AwsError("InvalidLookupAttributesException", message);
  }
  const oldest = now - KEPT_DAYS * DAY_MS;
  const from = StartTime === undefined ? oldest : StartTime * 1_000;
  const to = EndTime === undefined ? Infinity : EndTime * 1_000;
  // That a start before the history is "outside the range of possible values" is inferred.
  if (from > to || from < oldest) {
    const message = `StartTime: expected a time of the last ${KEPT_DAYS} days, at or before EndTime.`;
    throw new AwsError("InvalidTimeRangeException", message);
  }
  return (record) => {
    const at = Date.parse(String(record["eventTime"]));
    return (
      // Insights events, the only category that can be asked for, are not emulated.
      EventCategory === undefined &&
      at >= from &&
      at <= to &&
      (valuesOf === undefined || valuesOf(record).includes(attribute?.AttributeValue))
    );
  };
}

function eventOf(record: Readonly<Record<string, unknown>>): object {
  const { eventID, eventName, readOnly, eventTime, eventSource, userIdentity } = record;
  return {
    EventId: eventID,
    EventName: eventName,
    ReadOnly: String(readOnly),
    AccessKeyId: (userIdentity as { accessKeyId?: string }).accessKeyId,
    EventTime: Date.parse(String(eventTime)) / 1_000,
    EventSource: eventSource,
    Username: usernameOf(record),
    Resources: resourcesOf(record),
    CloudTrailEvent: JSON.stringify(record),
  };
}

/** A token counts with the parameters of the call that gave it only. */
function asked({ LookupAttributes, StartTime, EndTime, EventCategory, MaxResults }: Lookup): string {
  return JSON.stringify([LookupAttributes, StartTime, EndTime, EventCategory, MaxResults]);
}

function token(input: Lookup, before: number): string {
  return Buffer.from(JSON.stringify({ asked: asked(input), before })).toString("base64url");
}

/** The sequence below which the page begins. */
function readToken(input: Lookup): number {
  if (input.NextToken === undefined) {
    return Infinity;
  }
  const read = parse(Buffer.from(input.NextToken, "base64url").toString());
  if (read.asked !== asked(input) || typeof read.before !== "number") {
    const message = "NextToken: expected the token of the last page, with the parameters of that call.";
    throw new AwsError("InvalidNextTokenException", message);
  }
  return read.before;
}

function parse(text: string): { readonly asked?: unknown; readonly before?: unknown } {
  try {
    return { ...(JSON.parse(text) as object | null) };
  } catch {
    return {};
  }
}
