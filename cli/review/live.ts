import { DRILL_FACTS, type DrillFact } from "../../functions/security-notifier/drill-facts";
import type { SilentAccount } from "../../functions/security-notifier/notice";
import { findSilence, provenDrills, readSince } from "../../functions/security-notifier/silence";
import { messageOf } from "../../functions/shared/message-of";
import { hasDrill } from "../../stacks/config/roles";
import type { Account, Rollout } from "../../stacks/config/rollout";
import { openDrillLog, type DrillLog } from "../drill/drill-log";
import { readAccounts, type AccountReading } from "../users/read-accounts";
import type { LiveReading } from "./review";

/** For the drills of the whole organization: 1,000 accounts write about 10 MB of such events in a day. */
const AUDIT_LOG_MS = 300_000;

/** What AWS says of an account, and what is wrong with that. */
export interface LiveAccount {
  readonly live: LiveReading;
  /** Why the account is unhealthy, one sentence each. */
  readonly unhealthy: readonly string[];
}

/**
 * Reads the quarantined users of each account, some accounts at a time, and the last drill of all of them in
 * the security account's audit log. What cannot be read is a problem of its account, and stops no other.
 *
 * @param accounts Target accounts.
 * @returns By account id.
 */
export async function readLive(
  rollout: Rollout,
  accounts: readonly Account[],
  concurrency: number,
): Promise<ReadonlyMap<string, LiveAccount>> {
  const [readings, drills] = await Promise.all([
    readAccounts(rollout, accounts, concurrency),
    readDrills(rollout, accounts),
  ]);
  const { everyHours } = rollout.drill;
  return new Map(
    readings.map((reading) => {
      const { id } = reading.account;
      const live = liveReading(reading, drills);
      const silent = drills.kind === "read" ? drills.silent.get(id) : undefined;
      const unhealthy = [...pausedBecause(reading), ...unhealthyBecause(live, silent, everyHours)];
      return [id, { live, unhealthy }];
    }),
  );
}

/** An account that denies nobody new, as a sentence. */
function pausedBecause(reading: AccountReading): string[] {
  return reading.kind === "read" && reading.pause.kind === "paused"
    ? [`${reading.pause.text}: nobody new is denied.`]
    : [];
}

/** The drills of all accounts, or why nobody knows. */
type Drills =
  | {
      readonly kind: "read";
      /** By account id. */
      readonly last: ReadonlyMap<string, LastDrill>;
      readonly silent: ReadonlyMap<string, SilentAccount>;
    }
  | { readonly kind: "failed"; readonly drilling: ReadonlySet<string>; readonly problem: string };

type LastDrill = NonNullable<LiveReading["lastDrill"]>;

async function readDrills(rollout: Rollout, accounts: readonly Account[]): Promise<Drills> {
  const drilling = accounts.filter((account) => hasDrill(rollout, account));
  if (drilling.length === 0) {
    return { kind: "read", last: new Map(), silent: new Map() };
  }
  let log: DrillLog | undefined;
  try {
    log = await openDrillLog(rollout, "quarantine-review");
    const now = Date.now();
    const { everyHours } = rollout.drill;
    const query = { startTime: readSince(now, { everyHours }), filterPattern: DRILL_FACTS };
    return drillsIn(await log.factsOf(query, AUDIT_LOG_MS), drilling, everyHours, now);
  } catch (error) {
    const problem = sentence("The last drill is not known", messageOf(error));
    return { kind: "failed", drilling: new Set(drilling.map(({ id }) => id)), problem };
  } finally {
    log?.close();
  }
}

function drillsIn(
  facts: readonly DrillFact[],
  drilling: readonly Account[],
  everyHours: number,
  now: number,
): Drills {
  const proven = provenDrills(facts);
  const last = new Map<string, LastDrill>();
  for (const fact of facts) {
    // Times of one form are in the order of their texts.
    if (fact.kind === "outcome" && (last.get(fact.account)?.at ?? "") <= isoTime(fact.at)) {
      last.set(fact.account, {
        at: isoTime(fact.at),
        isPassed: proven.has(fact),
        containedSeconds: fact.secondsToContained,
        deniedSeconds: fact.secondsToDenied,
      });
    }
  }
  const request = { kind: "silent-accounts", everyHours, part: 1, parts: 1, accounts: drilling } as const;
  const { silent } = findSilence(facts, request, now);
  return { kind: "read", last, silent: new Map(silent.map((each) => [each.id, each])) };
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}

function liveReading(reading: AccountReading, drills: Drills): LiveReading {
  const { account } = reading;
  const isDrillUnknown = drills.kind === "failed" && drills.drilling.has(account.id);
  const users = reading.kind === "read" ? reading.users : [];
  return {
    users: users.map(({ userName, status, since, gap }) => ({ userName, status, since, gap: [...gap] })),
    lastDrill: drills.kind === "read" ? (drills.last.get(account.id) ?? null) : null,
    problems: [
      ...(reading.kind === "unreadable" ? [sentence("Its users are not known", reading.error)] : []),
      ...users.flatMap(({ userName, unread }) => unread.map((what) => `User ${userName}: ${what}.`)),
      ...(reading.kind === "read" && reading.pause.kind === "unknown"
        ? [sentence("Whether it is paused is not known", reading.pause.error)]
        : []),
      ...(isDrillUnknown ? [drills.problem] : []),
    ],
  };
}

/** Some messages of AWS end with a full stop. */
function sentence(what: string, error: string): string {
  return `${what}: ${error.replace(/\.$/, "")}.`;
}

/**
 * What is wrong with an account by what AWS says of it, one sentence each; nothing for a healthy one. What
 * could not be asked is in `live.problems`, and not repeated.
 *
 * @param silent When no drill of the account has passed for two periods.
 * @param everyHours Hours from one drill to the next.
 */
export function unhealthyBecause(
  { users, lastDrill }: LiveReading,
  silent: Pick<SilentAccount, "lastPassed"> | undefined,
  everyHours: number,
): string[] {
  const failed = lastDrill !== null && !lastDrill.isPassed;
  return [
    ...users
      .filter(({ gap }) => gap.length > 0)
      .map(({ userName, gap }) => `User ${userName}: ${gap.join("; ")}.`),
    ...(failed
      ? [`The drill that ended at ${lastDrill.at} failed, or CloudTrail has no record of its user.`]
      : []),
    ...(silent === undefined
      ? []
      : [`No drill has passed for two periods of ${everyHours} hours; ${lastPassed(silent.lastPassed)}.`]),
  ];
}

function lastPassed(at: string | undefined): string {
  return at === undefined ? "none has for three" : `the last that did ended at ${at}`;
}
