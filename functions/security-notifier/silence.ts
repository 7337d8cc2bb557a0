import type { SilentAccountsRequest } from "../contract";
import { isObject, type JsonObject } from "../shared/json";
import { metricLine, MAX_METRIC_VALUES, type MetricValues } from "../shared/metric-line";
import { unwrapRecord } from "../shared/unwrap-record";
import type { DrillFact } from "./drill-facts";
import type { SilentAccount } from "./notice";

export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Periods without a sign of life after which an account is silent. */
const SILENT_PERIODS = 2;

/** Periods in which an account's last drill is searched for. */
const SEEN_PERIODS = 3;

/**
 * The same of a sweep. Only who was heard of can be missed, so for as long a silent account stays in the
 * alarm: a week, of which the audit log has a few lines for each account.
 */
const SWEPT_PERIODS = 7;

/** From the creation of a drill's user to its outcome in the audit log: longer than any drill runs. */
const DRILL_MS = HOUR_MS;

/** An account that should be heard of. */
interface ListedAccount {
  readonly id: string;
  readonly name: string;
}

export interface SilenceCheck extends Omit<SilentAccountsRequest, "accounts"> {
  readonly accounts: readonly ListedAccount[];
}

/**
 * Reads what the schedule asks, also from the record of Lambda's on-failure destination around it. It is told
 * by its form: EventBridge puts an envelope around every event that somebody sends.
 */
export function readSilenceRequest(payload: unknown): SilenceCheck | undefined {
  const request = unwrapRecord(payload).inner;
  if (!isObject(request) || request["kind"] !== "silent-accounts" || "source" in request) {
    return undefined;
  }
  const [everyHours, part, parts] = [request["everyHours"], request["part"], request["parts"]];
  const isBySweep = request["sign"] === "sweep";
  const accounts = isBySweep ? [] : accountsOf(request);
  return isCount(everyHours) && isCount(part) && isCount(parts) && accounts !== undefined
    ? {
        ...{ kind: "silent-accounts", everyHours, part, parts, accounts },
        ...(isBySweep && { sign: "sweep" }),
      }
    : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1;
}

function accountsOf({ accounts }: JsonObject): ListedAccount[] | undefined {
  const listed: readonly unknown[] = Array.isArray(accounts) ? accounts : [];
  const read = listed.flatMap((each) => {
    const [, id, name] = (typeof each === "string" && /^(\d{12}) ([a-z0-9-]{1,50})$/.exec(each)) || [];
    return id === undefined || name === undefined ? [] : [{ id, name }];
  });
  return read.length > 0 && read.length === listed.length ? read : undefined;
}

/** The full hour before: all checks judge by it, so that each knows what the one before found. */
export function checkTime(now: number): number {
  return now - (now % HOUR_MS);
}

/** Since when the audit log is read for a check at `at`, and for what the check of the hour before found. */
export function readSince(
  at: number,
  { everyHours, sign }: Pick<SilenceCheck, "everyHours" | "sign">,
): number {
  const periods = sign === "sweep" ? SWEPT_PERIODS : SEEN_PERIODS;
  return at - periods * everyHours * HOUR_MS - HOUR_MS - DRILL_MS;
}

/** What a check finds. */
export interface SilenceFindings {
  readonly silent: readonly SilentAccount[];
  /** People are to be told: an account has just fallen silent, or this is the first check of a day. */
  readonly isNews: boolean;
}

/**
 * Which accounts are silent at a full hour, and whether people were told.
 *
 * @param flooding Ids of accounts that sent too much to be read, so that none of the facts are theirs: they
 * are as good as silent.
 */
export function findSilence(
  facts: readonly DrillFact[],
  request: SilenceCheck,
  at: number,
  flooding: readonly string[] = [],
): SilenceFindings {
  const silentThen: typeof silentAt =
    request.sign === "sweep"
      ? (...args) => [...unsweptAt(...args), ...flooding.map((id) => ({ id, name: "", ...NEVER }))]
      : silentAt;
  const silent = silentThen(facts, request, at);
  const before = new Set(silentThen(facts, request, at - HOUR_MS).map(({ id }) => id));
  const isFirstOfDay = at % DAY_MS === 0;
  return { silent, isNews: silent.some(({ id }) => isFirstOfDay || !before.has(id)) };
}

const NEVER = { lastPassed: undefined, lastUnproven: undefined };

/** Accounts whose sweep is not heard of any more. One that never was may not be deployed yet. */
function unsweptAt(facts: readonly DrillFact[], { everyHours }: SilenceCheck, at: number): SilentAccount[] {
  const period = everyHours * HOUR_MS;
  const reports = facts.filter(
    (fact): fact is Report =>
      fact.kind === "report" && fact.at <= at && fact.at > at - SWEPT_PERIODS * period,
  );
  const names = new Map(reports.map(({ account, accountName }) => [account, accountName]));
  return [...lastOf(reports)]
    .filter(([, last]) => last <= at - SILENT_PERIODS * period)
    .map(([id, last]) => ({
      id,
      name: names.get(id) ?? "",
      lastPassed: isoTime(last),
      lastUnproven: undefined,
    }));
}

function silentAt(facts: readonly DrillFact[], request: SilenceCheck, at: number): SilentAccount[] {
  const period = request.everyHours * HOUR_MS;
  const isRecent = (periods: number) => (fact: { readonly at: number }) =>
    fact.at <= at && fact.at > at - periods * period;
  // Also after the hour: a rollout of a few minutes ago would make its accounts silent at once.
  const isFresh = (fact: { readonly at: number }) => fact.at > at - SILENT_PERIODS * period;
  const proven = provenDrills(facts);
  const listed = facts.filter(({ kind }) => kind === "listed").some(isFresh);
  const deployed = new Set(
    facts.flatMap((fact) => (fact.kind === "deployed" && isFresh(fact) ? [fact.account] : [])),
  );
  const seen = facts.filter(isRecent(SEEN_PERIODS));
  const lastPassed = lastOf(seen.filter(isProvenIn(proven)));
  const lastUnproven = lastOf(
    seen.filter((fact): fact is Outcome => fact.kind === "outcome" && !proven.has(fact)),
  );
  return request.accounts.flatMap(({ id, name }) => {
    const passed = lastPassed.get(id);
    const unproven = lastUnproven.get(id);
    const isNew = passed === undefined && (listed || deployed.has(id));
    return isNew || (passed !== undefined && isRecent(SILENT_PERIODS)({ at: passed }))
      ? []
      : [{ id, name, lastPassed: isoTime(passed), lastUnproven: isoTime(unproven) }];
  });
}

type Outcome = Extract<DrillFact, { kind: "outcome" }>;
type Report = Extract<DrillFact, { kind: "report" }>;

function isProvenIn(proven: ReadonlyMap<DrillFact, unknown>) {
  return (fact: DrillFact): fact is Outcome => fact.kind === "outcome" && proven.has(fact);
}

function lastOf(signs: readonly (Outcome | Report)[]): Map<string, number> {
  const last = new Map<string, number>();
  for (const { account, at } of signs) {
    last.set(account, Math.max(at, last.get(account) ?? 0));
  }
  return last;
}

function isoTime(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}

/**
 * The drills that passed and whose user the drill's role created shortly before, by CloudTrail's record: each
 * with the time of that creation. Whoever rules an account can send an outcome without any drill.
 */
export function provenDrills(facts: readonly DrillFact[]): Map<DrillFact, number> {
  const creations = new Map(
    facts.flatMap((fact) => (fact.kind === "creation" ? [[userOf(fact), fact.at] as const] : [])),
  );
  return new Map(
    facts.flatMap((fact) => {
      const created = fact.kind === "outcome" && fact.hasPassed ? creations.get(userOf(fact)) : undefined;
      return created !== undefined && fact.at - created <= DRILL_MS ? [[fact, created] as const] : [];
    }),
  );
}

function userOf({ account, userName }: { readonly account: string; readonly userName: string }): string {
  return `${account} ${userName}`;
}

/** The metrics of a check: how many accounts are silent, and the seconds of the drills of the last hour. */
export function silenceMetrics(
  facts: readonly DrillFact[],
  request: SilenceCheck,
  at: number,
  silent: number,
  now: number,
): string {
  const accounts = new Set(request.accounts.map(({ id }) => id));
  const proven = provenDrills(facts);
  const responses = new Map(
    facts.flatMap((fact) => (fact.kind === "response" ? [[userOf(fact), fact.at] as const] : [])),
  );
  const drills = facts
    .filter(isProvenIn(proven))
    .filter((fact) => accounts.has(fact.account) && fact.at <= at && fact.at > at - HOUR_MS);
  const audited = drills.flatMap((drill) => {
    const heard = responses.get(userOf(drill));
    const created = proven.get(drill);
    return heard === undefined || created === undefined ? [] : [(heard - created) / 1_000];
  });
  const seconds = {
    DrillSecondsToContained: drills.flatMap(({ secondsToContained }) => secondsToContained ?? []),
    DrillSecondsToDenied: drills.flatMap(({ secondsToDenied }) => secondsToDenied ?? []),
    DrillSecondsToAudited: audited,
  };
  const count: MetricValues = { name: "SilentAccounts", unit: "Count", values: silent };
  const lines = [metricLine([count], now)];
  for (const [name, values] of Object.entries(seconds)) {
    for (let from = 0; from < values.length; from += MAX_METRIC_VALUES) {
      lines.push(
        metricLine([{ name, unit: "Seconds", values: values.slice(from, from + MAX_METRIC_VALUES) }], now),
      );
    }
  }
  return lines.join("");
}
