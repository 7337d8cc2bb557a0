import { phaseName, type Phase } from "../stack-target";
import { ACCOUNT_STATUSES, type Difference, type Review, type ReviewedAccount } from "./review";

/** Accounts that stand alike: most accounts of an organization do, and people read each case once. */
export interface AccountGroup {
  readonly first: ReviewedAccount;
  readonly accounts: readonly ReviewedAccount[];
  /** Where they differ; empty for what they have in different values. */
  readonly differences: readonly Difference[];
}

/** The accounts of a review in groups, in the order of their first accounts: worst first. */
export function groupAccounts({ accounts }: Pick<Review, "accounts">): AccountGroup[] {
  const groups = new Map<string, ReviewedAccount[]>();
  for (const account of accounts) {
    const { status, kind, wave, mode, guard, problems, deployed, live } = account;
    const places = differencesOf(account).map(({ address, attribute }) => [address, attribute]);
    const facts = [status, kind, wave, mode, guard, problems, deployed?.version, deployed?.mode, places];
    const key = JSON.stringify([...facts, live?.users]);
    groups.set(key, [...(groups.get(key) ?? []), account]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ first, accounts: group, differences: common(group, first) }];
  });
}

/** What its state has other than the configuration, then what AWS has other than the state. */
function differencesOf({ differences, drift }: ReviewedAccount): Difference[] {
  return [...differences, ...(drift ?? [])];
}

function common(group: readonly ReviewedAccount[], first: ReviewedAccount): Difference[] {
  const all = group.map(differencesOf);
  return differencesOf(first).map((difference, index) => {
    const isSame = (key: "expected" | "found") => all.every((each) => each[index]?.[key] === difference[key]);
    return {
      ...difference,
      expected: isSame("expected") ? difference.expected : "",
      found: isSame("found") ? difference.found : "",
    };
  });
}

/**
 * A difference in one line, such as `aws_sns_topic.alerts name: is a, expected b`, with what accounts have in
 * different values left out.
 *
 * @param place How an address and an attribute are shown.
 * @param value How a value is shown.
 */
export function differenceLine(
  { address, attribute, expected, found }: Difference,
  place: (text: string) => string,
  value: (text: string) => string,
): string {
  const where = [address, ...(attribute === "" ? [] : [attribute])].map((part) => place(part)).join(" ");
  const values = [
    ...(found === "" ? [] : [`is ${value(found)}`]),
    ...(expected === "" ? [] : [`expected ${value(expected)}`]),
  ];
  return values.length === 0 ? where : `${where}: ${values.join(", ")}`;
}

/** Users of a group that are listed; `--json` has all. */
const MOST_USERS = 6;

/**
 * What `--live` found in the accounts of a group, a sentence each: their users, which are the same, and their
 * last drills. What is wrong with either is among the problems.
 */
export function liveLines({ first, accounts }: AccountGroup): string[] {
  const users = first.live?.users ?? [];
  const more = users.length - MOST_USERS;
  return [
    ...users.slice(0, MOST_USERS).map(({ userName, status, since }) => {
      const from = since === "" ? "" : ` since ${since}`;
      return `User ${userName}: ${status || "without SecurityStatus"}${from}`;
    }),
    ...(more > 0 ? [`and ${more} more users`] : []),
    ...drillLines(accounts),
  ];
}

function drillLines(accounts: readonly ReviewedAccount[]): string[] {
  const passed = accounts
    .flatMap(({ live }) => live?.lastDrill ?? [])
    .filter(({ isPassed }) => isPassed)
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  const [oldest] = passed;
  if (oldest === undefined) {
    return [];
  }
  if (accounts.length > 1) {
    return [`${inFigures(passed.length)} last drills passed, the oldest at ${oldest.at}`];
  }
  const { at, containedSeconds } = oldest;
  const within = containedSeconds === null ? "" : `, contained in ${containedSeconds.toFixed(1)} s`;
  return [`Drill passed at ${at}${within}`];
}

/** The step of the rollout that an account belongs to, in words. */
export function phaseOf({ kind, wave }: Pick<ReviewedAccount, "kind" | "wave">): string {
  const phase: Phase = { wave: wave ?? undefined, ...(kind === "management" && { guard: true }) };
  return kind === "uncovered" ? "none" : phaseName(phase);
}

/** `as configured`. */
export function statusInWords(status: ReviewedAccount["status"]): string {
  return status.replaceAll("-", " ");
}

/** `1,002 accounts: 2 uncovered, 1 unreadable, 999 as configured`. */
export function describeCounts(accounts: readonly ReviewedAccount[]): string {
  const counts = ACCOUNT_STATUSES.map((status) => ({
    status,
    count: accounts.filter((account) => account.status === status).length,
  })).filter(({ count }) => count > 0);
  const words = (status: ReviewedAccount["status"]) =>
    status === "differs" ? "different" : statusInWords(status);
  const parts = counts.map(({ status, count }) => `${inFigures(count)} ${words(status)}`);
  return [countOf(accounts.length), parts.join(", ")].filter((part) => part !== "").join(": ");
}

/** `1 account`, `1,002 accounts`. */
export function countOf(accounts: number): string {
  return `${inFigures(accounts)} account${accounts === 1 ? "" : "s"}`;
}

function inFigures(count: number): string {
  return count.toLocaleString("en-US");
}

/** What was read in addition to the states, as options of the command. */
export function describeAsked({ asked }: Pick<Review, "asked">): string {
  const options = (["organization", "drift", "live"] as const).map(
    (name) => `${asked[name] ? "with" : "without"} --${name}`,
  );
  return options.join(", ");
}
