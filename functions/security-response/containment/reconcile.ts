import type { Deadline } from "../../shared/deadline";
import { applySteps, type Applied, type ApplyOptions } from "./apply";
import { WAITS_MS } from "./durations";
import { gapOf, keyOf, takesCredential, type Attempts, type Quarantine, type Step } from "./gap";
import { SHARE_OF_A_DENIAL, type Failure, type Report } from "./incident";
import { merge, readUserState } from "./read-user-state";
import { withTags } from "./tags";
import type { Target } from "./target";
import {
  DENIALS,
  denialsIn,
  isListed,
  type Aspect,
  type Method,
  type Reading,
  type UserState,
} from "./user-state";

/** Rounds of {@link Reconciler.close}: waiting for a listing takes ten, the deny methods three. */
const MAX_ROUNDS = 20;

/**
 * Brings one user into the desired state: computes the gap from what was read, applies the steps, and reads
 * again, until there is no gap. Keeps what was read and what was tried.
 */
export class Reconciler implements Attempts {
  readonly accepted = new Map<Method, number>();
  readonly failed = new Set<string>();
  readonly done = new Set<string>();
  /** Value of the tag about the boundary that a step replaced. */
  formerBoundary: string | undefined;
  /** The latest reading of each aspect. */
  reading: Reading = { state: {}, failed: [] };
  private readonly applied: Applied[] = [];
  /** IAM has shown the user after it had refused a deny because the user was unknown. */
  private isThere = false;

  /**
   * @param target The user.
   * @param desired The desired state, which may depend on what is known so far.
   */
  constructor(
    readonly target: Target,
    private readonly desired: (reconciler: Reconciler) => Quarantine,
  ) {}

  get state(): UserState {
    return this.reading.state;
  }

  /** The deny methods that IAM shows on the user. */
  get denials(): Method[] {
    return denialsIn(this.state, this.target.policyArn);
  }

  /** The deny method that IAM shows, or else the last one that it accepted. */
  get method(): Method | undefined {
    return this.denials[0] ?? [...this.accepted.keys()].at(-1);
  }

  /** Whether a credential was set inactive, or the console password deleted. */
  get hasTakenCredential(): boolean {
    return this.applied.some(({ step, done }) => takesCredential(step) && done.length > 0);
  }

  get unreadable(): ReadonlySet<Method> {
    const isUnreadable = (method: Method) =>
      this.reading.failed.some(({ aspect }) => aspect !== undefined && aspect === ASPECTS[method][0]);
    return new Set(DENIALS.filter(isUnreadable));
  }

  /** Whether a call found no user of the name: the user was deleted or renamed. */
  get isMissing(): boolean {
    const applied = this.applied.filter(({ step }) => step.kind !== "deny" || !this.isThere);
    return [...applied.flatMap(({ failed }) => failed), ...this.reading.failed].some(
      ({ missingUser }) => missingUser,
    );
  }

  gap(): Step[] {
    return gapOf(this.state, this.desired(this), this, this.target.clock());
  }

  /** @returns only what was read now */
  async read(aspects: readonly Aspect[], deadline: Deadline, patience?: number): Promise<Reading> {
    const { target } = this;
    const shown = await readUserState(target, target.userName, aspects, deadline, patience);
    this.add(shown, aspects);
    return shown;
  }

  /** Adds what was read elsewhere. */
  add(later: Reading, aspects: readonly Aspect[] = []): void {
    this.reading = merge(this.reading, later, aspects);
  }

  async apply(
    steps: readonly Step[],
    deadline: Deadline,
    { patience = WAITS_MS.knownUser, sent }: Partial<ApplyOptions> = {},
  ): Promise<readonly Applied[]> {
    const applied = await applySteps(this.target, steps, deadline, { patience, sent });
    for (const result of applied) {
      this.remember(result);
    }
    return applied;
  }

  /**
   * Denies by the first method that works.
   * @returns false when IAM knows no user of the name. If IAM does not answer, the user counts as existing
   */
  async deny(deadline: Deadline, options: ApplyOptions): Promise<boolean> {
    while (this.accepted.size === 0) {
      const denials = this.gap().filter(({ kind }) => kind === "deny");
      if (denials.length === 0) {
        return true;
      }
      const within = isLast(denials) ? deadline : deadline.share(SHARE_OF_A_DENIAL);
      const [applied] = await this.apply(denials, within, options);
      if (applied?.failed.some(({ missingUser }) => missingUser)) {
        const { target } = this;
        const { failed } = await readUserState(target, target.userName, ["identity"], deadline);
        if (failed.some(({ missingUser }) => missingUser)) {
          return false;
        }
        this.isThere = true;
      }
    }
    return true;
  }

  /**
   * Closes the gap and reads again, until there is no gap or nothing left to try.
   *
   * @param isWanted Which steps are applied. @default - all
   */
  async close(deadline: Deadline, isWanted: (step: Step) => boolean = () => true): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS && !this.isMissing && deadline.remaining() > 0; round++) {
      const gap = this.gap().filter(isWanted);
      if (gap.length === 0) {
        return;
      }
      const part = gap.some(({ kind }) => kind === "deny") && !isLast(gap);
      const within = part ? deadline.share(SHARE_OF_A_DENIAL) : deadline;
      await this.apply(gap, within);
      await this.read(aspectsOf(gap), within);
    }
  }

  /** Allows refused steps to be tried again. */
  forgetRefusals(): void {
    this.failed.clear();
  }

  /** Everything that was done and that failed, in order. */
  report(): Report {
    return { done: this.applied.flatMap(({ done }) => done), failed: this.failures() };
  }

  private failures(): Failure[] {
    return [...this.applied.flatMap(({ failed }) => failed), ...this.unlisted(), ...this.reading.failed];
  }

  /** Denies that IAM accepted and still does not list when it should. */
  private unlisted(): Failure[] {
    const isOverdue = ([method, at]: [Method, number]): boolean =>
      isListed(this.state, method, this.target.policyArn) === false &&
      this.target.clock() - at >= WAITS_MS.listing;
    return [...this.accepted].filter(isOverdue).map(([method]) => ({
      step: "read back",
      error: `NotListed: IAM accepted the ${method} but does not list it`,
    }));
  }

  private remember(result: Applied): void {
    const { step, isDone, at, formerBoundary } = result;
    this.applied.push(result);
    (isDone ? this.done : this.failed).add(keyOf(step));
    if (isDone && step.kind === "deny") {
      this.accepted.set(step.method, at);
      this.formerBoundary = formerBoundary ?? this.formerBoundary;
    }
    if (isDone && step.kind === "tag") {
      // Tags that IAM has accepted count as written until they are read again.
      const tags = withTags(this.state.tags ?? [], step.tags, step.remove);
      this.reading = { ...this.reading, state: { ...this.state, tags } };
    }
  }
}

function isLast(steps: readonly Step[]): boolean {
  return steps.some((step) => step.kind === "deny" && step.method === "permissions-boundary");
}

/** What has to be read again after these steps. Tags are not: see {@link Reconciler.remember}. */
function aspectsOf(steps: readonly Step[]): Aspect[] {
  return [...new Set(steps.flatMap(aspectsOfStep))];
}

function aspectsOfStep(step: Step): readonly Aspect[] {
  switch (step.kind) {
    case "deny":
    case "await-listing":
      return ASPECTS[step.method];
    case "deactivate":
      return ASPECTS[step.credential];
    case "delete-password":
      return ["consolePassword"];
    case "tag":
      return [];
  }
}

const ASPECTS = {
  "managed-policy": ["attachedPolicies"],
  "inline-policy": ["inlineDeny", "inlinePolicies"],
  "permissions-boundary": ["identity"],
  "access key": ["accessKeys"],
  "SSH public key": ["sshPublicKeys"],
  "service-specific credential": ["serviceCredentials"],
  "signing certificate": ["signingCertificates"],
} as const satisfies Readonly<Record<string, readonly Aspect[]>>;
