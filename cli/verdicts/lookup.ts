import {
  LookupEventsCommand,
  type CloudTrailClient,
  type LookupAttribute,
  type LookupEventsCommandInput,
  type LookupEventsCommandOutput,
} from "@aws-sdk/client-cloudtrail";
import { isObject, stringAt, type JsonObject } from "../../functions/shared/json";
import type { RetryTiming } from "../../functions/shared/retry";
import type { RecordCache } from "./record-cache";
import { uncovered, type TimeWindow } from "./time-windows";

/**
 * Two lookups a second are allowed per account and Region
 * (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html); we use a little
 * less, since others in the account need lookups too.
 */
export const PAUSE_MS = 550;

/** How far LookupEvents goes back. */
export const MAX_DAYS = 90;
const DAY_MS = 86_400_000;

/** An event may be found this long after it happened: 15 minutes, by CloudTrail's user guide. */
const LATE_MS = 15 * 60_000;

const ATTEMPTS = 10;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/** Looks up events of one account, at the rate that CloudTrail allows. Throttled lookups are repeated. */
export class Lookup {
  private next = 0;

  constructor(
    private readonly client: CloudTrailClient,
    private readonly accountId: string,
    readonly region: string,
    readonly timing: RetryTiming,
  ) {}

  /**
   * One page, the newest events first.
   *
   * @throws Error for a record of another account: the role is in the wrong account.
   */
  private async page(input: LookupEventsCommandInput): Promise<LookupPage> {
    const { Events = [], NextToken } = await this.send(input);
    const records = Events.flatMap(({ CloudTrailEvent }) => parseRecord(CloudTrailEvent));
    const stranger = records.find(
      (record) => (stringAt(record, "recipientAccountId") ?? this.accountId) !== this.accountId,
    );
    if (stranger !== undefined) {
      throw new Error(
        `the answer has a record of another account, ${String(stranger["recipientAccountId"])}`,
      );
    }
    const times = Events.flatMap(({ EventTime }) => (EventTime === undefined ? [] : [EventTime.getTime()]));
    return { records, oldest: times.length === 0 ? undefined : Math.min(...times), token: NextToken };
  }

  /** Every page, as {@link page} reads one. */
  async *pages(input: LookupEventsCommandInput): AsyncGenerator<LookupPage> {
    for (let token: string | undefined, isLast = false; !isLast;) {
      const page: LookupPage = await this.page({
        ...input,
        ...(token !== undefined && { NextToken: token }),
      });
      token = page.token;
      isLast = token === undefined;
      yield page;
    }
  }

  private async send(input: LookupEventsCommandInput): Promise<LookupEventsCommandOutput> {
    const { clock, sleep, random } = this.timing;
    for (let attempt = 1; ; attempt++) {
      await sleep(Math.max(0, this.next - clock()));
      this.next = clock() + PAUSE_MS;
      try {
        return await this.client.send(new LookupEventsCommand(input));
      } catch (error) {
        if (!isPassing(error) || attempt === ATTEMPTS) {
          throw error;
        }
        const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
        this.next = clock() + longest / 2 + (random() * longest) / 2;
      }
    }
  }
}

interface LookupPage {
  readonly records: readonly JsonObject[];
  /** Time of the oldest event of the page, in milliseconds since the epoch. */
  readonly oldest: number | undefined;
  readonly token: string | undefined;
}

/** Throttling, or an error of the service or of the network. */
function isPassing(error: unknown): boolean {
  const { name, $metadata, $retryable } = error as {
    readonly name?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly $retryable?: object;
  };
  return (
    name === "ThrottlingException" ||
    name === "TimeoutError" ||
    $retryable !== undefined ||
    ($metadata?.httpStatusCode ?? 0) >= 500
  );
}

export const by = (AttributeKey: LookupAttribute["AttributeKey"], AttributeValue: string) => ({
  LookupAttributes: [{ AttributeKey, AttributeValue }],
});

/**
 * The records of CreateUser of one account in the last days, without duplicates. Times in the cache are not
 * looked up again, except for the last minutes, in which events may still be missing.
 *
 * @param days 1 to {@link MAX_DAYS}.
 */
export async function readCreations(
  lookup: Lookup,
  accountId: string,
  days: number,
  cache: RecordCache,
): Promise<JsonObject[]> {
  const now = lookup.timing.clock();
  const wanted = { from: now - days * DAY_MS, to: now };
  const { windows, records } = cache.read(accountId);
  const read: JsonObject[] = [];
  for (const gap of uncovered(wanted, windows)) {
    for await (const { window, records: page } of pagesOf(lookup, gap, now)) {
      cache.append(accountId, window, page);
      read.push(...page);
    }
  }
  return onceEach([...read, ...records]).filter((record) => isWithin(record, wanted));
}

async function* pagesOf(
  lookup: Lookup,
  gap: TimeWindow,
  now: number,
): AsyncGenerator<{ readonly window: TimeWindow | null; readonly records: readonly JsonObject[] }> {
  // By the server's clock, a start of exactly 90 days ago could be too early, so no start is given then.
  const isOldest = gap.from <= now - (MAX_DAYS - 1) * DAY_MS;
  const range = { ...(isOldest ? {} : { StartTime: new Date(gap.from) }), EndTime: new Date(gap.to) };
  let { to } = gap;
  for await (const page of lookup.pages({ ...by("EventName", "CreateUser"), ...range })) {
    // The next page may have more events of the oldest event's second, so this second is not complete yet.
    const from = page.token === undefined ? gap.from : Math.min(to, page.oldest ?? to);
    const settled = { from, to: Math.min(to, now - LATE_MS) };
    yield { window: settled.from < settled.to ? settled : null, records: page.records };
    to = from;
  }
}

function onceEach(records: readonly JsonObject[]): JsonObject[] {
  const byId = new Map(
    records.map((record, index) => [stringAt(record, "eventID") ?? `no id ${index}`, record]),
  );
  return [...byId.values()];
}

function isWithin(record: JsonObject, { from, to }: TimeWindow): boolean {
  const at = Date.parse(stringAt(record, "eventTime") ?? "");
  // Records without a readable time are judged too.
  return Number.isNaN(at) || (at >= from && at <= to);
}

function parseRecord(text: string | undefined): JsonObject[] {
  try {
    const record = JSON.parse(text ?? "") as unknown;
    return isObject(record) ? [record] : [];
  } catch {
    return [];
  }
}

/** The successful creations of a user of this name in the last 90 days, the newest first. */
export async function findCreations(lookup: Lookup, userName: string): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for await (const { records } of lookup.pages(by("ResourceName", userName))) {
    found.push(...records.filter(isCreation));
  }
  return found;
}

function isCreation(record: JsonObject): boolean {
  const { errorCode } = record;
  return record["eventName"] === "CreateUser" && (errorCode === undefined || errorCode === null);
}
