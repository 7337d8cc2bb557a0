import type { IAMClient } from "@aws-sdk/client-iam";
import { applyRelease } from "../../functions/security-response/containment/apply-release";
import { join, type Failure } from "../../functions/security-response/containment/incident";
import { ACCESS_ASPECTS, readUserState } from "../../functions/security-response/containment/read-user-state";
import {
  heldBy,
  releaseCountsIn,
  releaseGapOf,
  type Release,
} from "../../functions/security-response/containment/release-gap";
import { isReleased } from "../../functions/security-response/containment/tags";
import {
  credentialsThat,
  type Aspect,
  type Reading,
  type UserState,
} from "../../functions/security-response/containment/user-state";
import { Deadline } from "../../functions/shared/deadline";
import { CommandError, Interrupted } from "../errors";
import { isConcerned } from "../users/user-status";
import { readLastUses } from "./credentials";
import { describeChange, describeUser } from "./release-text";

/** Who releases whom, why and until when. */
export interface ReleaseRequest {
  readonly userName: string;
  /** Name and id of the account, for people. */
  readonly account: string;
  readonly policyArn: string;
  readonly operator: string;
  readonly approvedBy: string;
  readonly reason: string;
  /** Milliseconds since the epoch. @default - the release has no end */
  readonly until?: number | undefined;
  readonly reactivateKeys: boolean;
}

/** Everything impure that a release uses. */
export interface ReleaseDependencies {
  /** With a session of a break-glass role. */
  readonly iam: IAMClient;
  readonly clock: () => number;
  readonly random: () => number;
  /** Ends early, with the signal's reason, when the signal aborts. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly say: (line: string) => void;
  /** Asks whether to continue. */
  readonly confirm: () => Promise<boolean>;
  readonly signal: AbortSignal;
}

/** How a release ended. */
export interface ReleaseResult {
  readonly kind: "released" | "nothing-to-do" | "declined" | "incomplete";
  readonly state: UserState;
  readonly done: readonly string[];
  /** What failed, and what is left of the quarantine, as text. */
  readonly left: readonly string[];
}

const ASPECTS: readonly Aspect[] = [...ACCESS_ASPECTS, "tags", "inlineDeny"];

/** What must be readable to decide what to do. */
const NEEDED: readonly Aspect[] = ["identity", "tags", "attachedPolicies", "inlinePolicies", "inlineDeny"];

/** Time limit for one read or one application of steps, in milliseconds. */
const ROUND_MS = 30_000;
/** IAM may not show for some seconds what it has accepted. */
const ROUNDS = 6;
const LOOK_AGAIN_MS = 1_000;

/**
 * Releases a user: shows it and asks, waits until a release can take effect, writes the tags, removes every
 * deny of ours, and reads back what is left. A second run finishes an incomplete release.
 *
 * @throws CommandError when there is nothing to release, or when the user cannot be read; nothing was changed
 * @throws Interrupted before anything was changed, or with what is left
 */
export async function releaseUser(
  request: ReleaseRequest,
  dependencies: ReleaseDependencies,
): Promise<ReleaseResult> {
  const { clock, say, signal, sleep } = dependencies;
  const before = await readUser(request, dependencies);
  if (isDone(before, request, clock())) {
    return { kind: "nothing-to-do", state: before, done: [], left: [] };
  }
  const reactivate = request.reactivateKeys ? credentialsThat(before, "inactive") : [];
  const lastUses = await readLastUses(dependencies.iam, before.accessKeys ?? [], within(dependencies));
  describeUser(before, request, lastUses).forEach(say);
  describeChange(before, request).forEach(say);
  if (!(await dependencies.confirm())) {
    stopIfAsked(signal);
    return { kind: "declined", state: before, done: [], left: [] };
  }
  const wait = releaseCountsIn(before.tags ?? [], clock());
  if (wait > 0) {
    say(
      `Waiting ${Math.ceil(wait / 1_000)} s: a copy of the event may deny the user again until two minutes after the quarantine.`,
    );
    await sleep(wait).catch(() => stopIfAsked(signal));
  }
  stopIfAsked(signal);
  const now = await readUser(request, dependencies);
  if (now.id !== before.id) {
    throw new CommandError(
      `${request.userName} in ${request.account} is another user by now: nothing was changed. Look at it, and run the command again.`,
    );
  }
  return close(now, request, releaseOf(request, reactivate, clock()), dependencies);
}

function stopIfAsked(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new Interrupted("The release was stopped before it began: nothing was changed.");
  }
}

/** @throws CommandError when the user does not exist, is not quarantined, or cannot be read. */
async function readUser(
  { userName, account, policyArn }: ReleaseRequest,
  dependencies: ReleaseDependencies,
): Promise<UserState> {
  const { state, failed } = await readUserState(dependencies, userName, ASPECTS, within(dependencies));
  if (failed.some(({ missingUser }) => missingUser)) {
    throw new CommandError(`${account} has no IAM user ${userName}: nothing was changed.`);
  }
  const unread = needed(failed);
  if (unread.length > 0) {
    throw new CommandError(
      `${userName} in ${account} could not be read, and nothing was changed:\n${inWords(unread).join("\n")}`,
    );
  }
  if (!isConcerned(state, policyArn)) {
    throw new CommandError(
      `${userName} in ${account} is not quarantined: no deny and no tag of the quarantine is on it. Nothing was changed.`,
    );
  }
  return state;
}

function needed(failed: Reading["failed"]): Reading["failed"] {
  return failed.filter(({ aspect }) => aspect !== undefined && NEEDED.includes(aspect));
}

/** A complete release: nothing is left of the quarantine, and no further change is requested. */
function isDone(
  state: UserState,
  { policyArn, until, reactivateKeys }: ReleaseRequest,
  now: number,
): boolean {
  const wantsMore = until !== undefined || (reactivateKeys && credentialsThat(state, "inactive").length > 0);
  return !wantsMore && isReleased(state.tags ?? [], now) && heldBy(state, policyArn).length === 0;
}

function releaseOf(
  { operator, approvedBy, reason, until, policyArn }: ReleaseRequest,
  reactivate: Release["reactivate"],
  now: number,
): Release {
  if (until !== undefined && until <= now) {
    throw new CommandError("--until has passed by now: nothing was changed.");
  }
  const facts = {
    releasedBy: operator,
    approvedBy,
    releaseReason: reason,
    releasedAt: new Date(now).toISOString(),
    releasedUntil: until === undefined ? undefined : new Date(until).toISOString(),
  };
  return { policyArn, facts, reactivate };
}

/**
 * Applies what is missing and reads again, until nothing is missing, something fails, or it is interrupted.
 */
async function close(
  before: UserState,
  request: ReleaseRequest,
  desired: Release,
  dependencies: ReleaseDependencies,
): Promise<ReleaseResult> {
  const { iam, clock, random, signal } = dependencies;
  const { userName, policyArn } = request;
  const target = { userName, policyArn, iam, denyClient: iam, clock, random, sleep: pause };
  const done: string[] = [];
  let failed: readonly Failure[] = [];
  let state = before;
  const read = () => readUserState(dependencies, userName, ASPECTS, within(dependencies));
  const withRead = (reading: Reading) => ({ ...state, ...reading.state });
  for (let round = 0; round < ROUNDS && !signal.aborted && failed.length === 0; round++) {
    const gap = releaseGapOf(state, desired);
    if (gap.length === 0) {
      break;
    }
    const report = join(...(await applyRelease(target, gap, within(dependencies))));
    done.push(...report.done.filter((line) => !done.includes(line)));
    let reading = await read();
    const isSound = report.failed.length + needed(reading.failed).length === 0;
    if (isSound && round > 0 && releaseGapOf(withRead(reading), desired).length > 0) {
      await dependencies.sleep(LOOK_AGAIN_MS).catch(() => undefined);
      reading = await read();
    }
    failed = [...report.failed, ...needed(reading.failed)];
    if (reading.state.id !== undefined && reading.state.id !== before.id) {
      // Each call names the user, and this name belongs to another user now.
      return { kind: "incomplete", state, done, left: [...inWords(failed), isOther(request)] };
    }
    state = withRead(reading);
  }
  const gap = releaseGapOf(state, desired);
  const left = [...inWords(failed), ...stillThere(state, request)];
  if (signal.aborted && gap.length > 0) {
    const said = [...done.map((line) => `done: ${line}`), ...left.map((line) => `left: ${line}`)];
    throw new Interrupted(
      [`The release of ${userName} was stopped half-way: run it again to finish it.`, ...said].join("\n"),
    );
  }
  return { kind: gap.length === 0 ? "released" : "incomplete", state, done, left };
}

function isOther({ userName, account }: ReleaseRequest): string {
  return `${userName} in ${account} became another user meanwhile: what was done last may have been done to that one. Look at both`;
}

function stillThere(state: UserState, { policyArn }: ReleaseRequest): string[] {
  return [
    ...heldBy(state, policyArn).map((method) => `still denied by ${method}`),
    ...credentialsThat(state, "inactive").map(({ credential, id }) => `${credential} ${id} is inactive`),
  ];
}

function inWords(failed: readonly Failure[]): string[] {
  return failed.map(({ step, error }) => `${step}: ${error}`);
}

function within({ clock }: ReleaseDependencies): Deadline {
  return new Deadline(clock, clock() + ROUND_MS);
}

/** Waits between attempts of one call; an interrupt waits for them. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
