import type { Effect } from "../effects/effect";
import type { StackTarget } from "../stack-target";
import type { ChangeCounts, ResourceChange } from "../terraform/messages";

export type Step = "initializing" | "planning" | "applying";

/** How a stack ended. */
export type StackOutcome =
  /** The account is as configured. */
  | "unchanged"
  /** The plan has changes, and the command does not apply. */
  | "changed"
  | "applied"
  | "failed"
  /** Its plan was shown and not approved. */
  | "declined"
  /** Nothing was done, because the rollout stopped first. */
  | "not-started";

export interface StackResult {
  readonly outcome: StackOutcome;
  readonly counts?: ChangeCounts;
  /** What was planned and, after an apply, applied. */
  readonly changes?: readonly ResourceChange[];
  /** The effects on the protection of the account. */
  readonly effects?: readonly Effect[];
  /** Mail addresses of the account that have to confirm. */
  readonly unconfirmed?: readonly string[];
  /** Why it failed or was not started, in one line. */
  readonly cause?: string;
  readonly advice?: string;
}

/** What a stack is doing. */
export type StackState =
  | { readonly kind: "pending" }
  | { readonly kind: "working"; readonly step: Step; readonly detail?: string }
  /** After a transient fault: the step is retried. */
  | { readonly kind: "waiting"; readonly step: Step; readonly cause: string; readonly againAt: number }
  /** Its plan waits for approval. */
  | { readonly kind: "planned"; readonly counts: ChangeCounts }
  | { readonly kind: "ended"; readonly result: StackResult };

/** A stack of the rollout and its state. Times are milliseconds since 1970. */
export interface StackProgress {
  readonly target: StackTarget;
  readonly state: StackState;
  /** Undefined until the first step. */
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** Faults after which a step was retried. */
  readonly retries: number;
}

export type ProgressListener = (stack: StackProgress) => void;

/** The state of every stack of a rollout. Views and the report read it; only the rollout writes it. */
export class Progress {
  private readonly stacks: Map<string, StackProgress>;
  private readonly listeners: ProgressListener[] = [];

  constructor(
    targets: readonly StackTarget[],
    private readonly now: () => number,
  ) {
    this.stacks = new Map(
      targets.map((target) => [
        target.name,
        { target, state: { kind: "pending" }, startedAt: undefined, endedAt: undefined, retries: 0 },
      ]),
    );
  }

  /** All stacks, in the order of the rollout. */
  get all(): StackProgress[] {
    return [...this.stacks.values()];
  }

  onChange(listener: ProgressListener): void {
    this.listeners.push(listener);
  }

  of({ name }: StackTarget): StackProgress {
    const stack = this.stacks.get(name);
    if (stack === undefined) {
      throw new Error(`${name} is not a stack of this rollout`);
    }
    return stack;
  }

  /** The result of a stack; undefined until it has ended. */
  resultOf(target: StackTarget): StackResult | undefined {
    const { state } = this.of(target);
    return state.kind === "ended" ? state.result : undefined;
  }

  set(target: StackTarget, state: StackState): void {
    const before = this.of(target);
    const now = this.now();
    const changed: StackProgress = {
      target,
      state,
      startedAt: before.startedAt ?? (state.kind === "working" ? now : undefined),
      endedAt: state.kind === "ended" ? now : undefined,
      retries: before.retries + (state.kind === "waiting" ? 1 : 0),
    };
    this.stacks.set(target.name, changed);
    this.listeners.forEach((listener) => listener(changed));
  }

  end(target: StackTarget, result: StackResult): void {
    this.set(target, { kind: "ended", result });
  }
}
