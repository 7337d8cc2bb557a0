import type { Mode } from "../../functions/contract";
import { runConcurrently } from "../../functions/shared/run-concurrently";
import { listing } from "../../functions/shared/text";
import type { Account, Rollout } from "../../stacks/config/rollout";
import { stackTargets, type StackTarget } from "../stack-target";
import type { AccountReader } from "./account-reader";
import { describeTrust } from "./describe-trust";
import type { DriftReading } from "./drift";
import { guardCoverage, type GuardKnowledge } from "./guard-coverage";
import type { LiveAccount } from "./live";
import type { AccountReading, Deployed } from "./read-account";
import type { OrganizationReading, UncoveredAccount } from "./read-organization";
import { ACCOUNT_STATUSES, type Difference, type Review, type ReviewedAccount } from "./review";

/** What a review is made with. */
export interface ReviewDependencies extends AccountReader {
  readonly rollout: Rollout;
  /** @default - AWS is not asked what it has */
  readonly readDrift?: ((target: StackTarget) => Promise<DriftReading>) | undefined;
  /** @default - AWS is not asked how users and drills stand */
  readonly readLive?:
    ((accounts: readonly Account[]) => Promise<ReadonlyMap<string, LiveAccount>>) | undefined;
  /** @default - AWS Organizations is not asked */
  readonly organization?: OrganizationReading | undefined;
  /** Accounts at once. */
  readonly concurrency: number;
  /** Gets how many accounts were read so far. */
  readonly onRead?: (count: number) => void;
  readonly now: () => Date;
}

/**
 * Compares what is deployed with what this checkout configures, and changes nothing. An account that cannot
 * be read is a row that says so.
 *
 * @param targets The selected accounts; those that nobody covers are always part of the review.
 */
export async function reviewOrganization(
  targets: readonly StackTarget[],
  dependencies: ReviewDependencies,
): Promise<Review> {
  const { rollout, version, readAccount, readDrift, readLive, organization, concurrency, now } = dependencies;
  const reviewedAt = now().toISOString();
  const guard = await readGuard(dependencies);
  const knowledge: GuardKnowledge = {
    rollout,
    reading: guard?.reading,
    unitPaths: organization?.unitPaths,
  };
  const live =
    readLive?.(targetAccounts(rollout, targets)) ?? Promise.resolve(new Map<string, LiveAccount>());
  let count = 0;
  const rows = await runConcurrently(targets, concurrency, async (target) => {
    const reading = target.accountId === guard?.target.accountId ? guard.reading : await readAccount(target);
    const drift = reading.kind === "read" ? await readDrift?.(target) : undefined;
    dependencies.onRead?.(++count);
    return readRow({ target, reading, drift, version, organization, knowledge });
  });
  const all = await live;
  const accounts = [
    ...(organization?.uncovered ?? []).map((account) => uncoveredRow(account, knowledge)),
    ...rows.map((row) => finishRow(row, all.get(row.id))),
  ];
  return {
    format: 1,
    reviewedAt,
    version,
    organizationId: rollout.organizationId,
    backend: rollout.backend.type,
    asked: {
      organization: organization !== undefined,
      drift: readDrift !== undefined,
      live: readLive !== undefined,
    },
    waves: [...rollout.waves],
    accounts: accounts.sort((a, b) => rank(a) - rank(b)),
  };
}

function rank({ status }: ReviewedAccount): number {
  return ACCOUNT_STATUSES.indexOf(status);
}

/** The guard's state says what it binds, whether its account is selected or not. */
async function readGuard({ rollout, readAccount }: ReviewDependencies) {
  const target = stackTargets(rollout).find((each) => each.guard === true);
  return target === undefined ? undefined : { target, reading: await readAccount(target) };
}

function targetAccounts({ accounts }: Rollout, targets: readonly StackTarget[]): Account[] {
  const selected = new Set(targets.map(({ accountId }) => accountId));
  return accounts.filter(({ id }) => selected.has(id));
}

interface RowFacts {
  readonly target: StackTarget;
  readonly reading: AccountReading;
  readonly drift: DriftReading | undefined;
  /** Of this project. */
  readonly version: string;
  readonly organization: OrganizationReading | undefined;
  readonly knowledge: GuardKnowledge;
}

/** An account before it is known how it stands: what is wrong with it, by the status that it would have. */
type Row = Omit<ReviewedAccount, "status" | "problems" | "live"> & { readonly found: readonly Finding[] };

interface Finding {
  readonly status: Exclude<ReviewedAccount["status"], "as-configured">;
  readonly problem: string;
}

function readRow({ target, reading, drift, version, organization, knowledge }: RowFacts): Row {
  const { name, accountId: id, wave, guard } = target;
  const { rollout } = knowledge;
  const account = rollout.accounts.find((each) => each.id === id);
  const unit = organization?.units.get(id) ?? null;
  const coverage = guardCoverage({ id, unit }, knowledge);
  const left = organization?.left.get(id);
  const { deployed, differences } = reading.kind === "read" ? reading : { deployed: null, differences: [] };
  const drifted = drift?.kind === "read" ? [...drift.drift] : null;
  return {
    id,
    name,
    kind: guard === true ? "management" : account === undefined ? "security" : "target",
    unit,
    wave: wave ?? null,
    mode: account?.mode ?? null,
    trust: account === undefined ? "" : describeTrust(account.trust),
    guard: coverage,
    deployed,
    differences: [...differences],
    drift: drifted,
    found: [
      ...readingFindings(reading, deployed !== null),
      ...(coverage === "not-attached" ? [differs("The guard is not attached to it.")] : []),
      ...(deployed === null ? [] : deployedFindings(deployed, account?.mode, version)),
      ...(differences.length === 0 ? [] : [differs(`Not as configured: ${summaryOf(differences)}.`)]),
      ...(drift?.kind === "failed" ? [unreadable(drift.problem)] : []),
      ...(drifted === null || drifted.length === 0
        ? []
        : [
            {
              status: "drifted",
              problem: `AWS has something else than its state: ${summaryOf(drifted)}.`,
            } as const,
          ]),
      ...(left === undefined ? [] : [{ status: "left", problem: left } as const]),
    ],
  };
}

function differs(problem: string): Finding {
  return { status: "differs", problem };
}

function unreadable(problem: string): Finding {
  return { status: "unreadable", problem };
}

function readingFindings(reading: AccountReading, isDeployed: boolean): Finding[] {
  if (reading.kind === "unreadable") {
    return [unreadable(`Its state could not be read: ${reading.error}`)];
  }
  const problem =
    reading.kind === "none" ? (reading.problem ?? "It has no state.") : "Its state has no resources.";
  return isDeployed ? [] : [{ status: "not-deployed", problem }];
}

function deployedFindings(
  { version, mode, functions }: Deployed,
  expectedMode: Mode | undefined,
  expectedVersion: string,
): Finding[] {
  const old = functions.filter(({ isCurrent }) => !isCurrent).map(({ name }) => name);
  const by = version === null || version === expectedVersion ? "" : `, version ${version}`;
  return [
    ...(mode === null || expectedMode === undefined || mode === expectedMode
      ? []
      : [differs(`Its mode is ${mode} instead of ${expectedMode}.`)]),
    ...(old.length === 0 ? [] : [differs(`Other code than this checkout builds${by}: ${listing(old)}.`)]),
  ];
}

/** `resources 1 missing; 2 attributes differ`. */
function summaryOf(differences: readonly Difference[]): string {
  const whole = differences.filter(({ attribute }) => attribute === "");
  const missing = whole.filter(({ found }) => found === "absent").length;
  const parts = [
    ...(missing === 0 ? [] : [`${missing} missing`]),
    ...(whole.length === missing ? [] : [`${whole.length - missing} surplus`]),
  ];
  const changed = differences.length - whole.length;
  return [
    ...(whole.length === 0 ? [] : [`resources ${parts.join(", ")}`]),
    ...(changed === 0 ? [] : [`${changed} attribute${changed === 1 ? " differs" : "s differ"}`]),
  ].join("; ");
}

/** How an account stands: by the worst of what was found. */
function finishRow({ found, ...row }: Row, asked: LiveAccount | undefined): ReviewedAccount {
  const all: readonly Finding[] = [
    ...found,
    ...(asked?.live.problems ?? []).map(unreadable),
    ...(asked?.unhealthy ?? []).map((problem) => ({ status: "unhealthy", problem }) as const),
  ];
  const status = ACCOUNT_STATUSES.find((each) => all.some((finding) => finding.status === each));
  return {
    ...row,
    status: status ?? "as-configured",
    problems: all.map(({ problem }) => problem),
    live: asked?.live ?? null,
  };
}

function uncoveredRow(
  { id, name, unit, problem }: UncoveredAccount,
  knowledge: GuardKnowledge,
): ReviewedAccount {
  return {
    id,
    name,
    kind: "uncovered",
    unit,
    wave: null,
    mode: null,
    trust: "",
    guard: guardCoverage({ id, unit }, knowledge),
    status: problem === undefined ? "excluded" : "uncovered",
    problems: problem === undefined ? [] : [problem],
    deployed: null,
    differences: [],
    drift: null,
    live: null,
  };
}
