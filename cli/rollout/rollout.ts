import { messageOf } from "../../functions/shared/message-of";
import { phaseName, phasesOf, type Phase, type StackTarget } from "../stack-target";
import { TerraformError } from "../terraform/fault";
import type { StackPlan } from "../terraform/plan";
import type { StackResult } from "./progress";
import { NotStarted, StackRollout, type RolloutDependencies } from "./stack-rollout";

/** A stack with changes, to be approved. */
export interface PlannedStack {
  readonly target: StackTarget;
  readonly plan: StackPlan;
}

export interface RolloutOptions {
  /** Accounts of a wave that may fail before the rollout stops. The accounts in no wave must not fail. */
  readonly maxFailures: number;
  /**
   * Asked once per phase, when all its plans are made and at least one has changes.
   * @default - every plan is applied
   */
  readonly approve?: (phase: Phase, stacks: readonly PlannedStack[]) => Promise<boolean>;
  /**
   * Where nobody is asked: called with each plan that has changes, before it is applied.
   * @default - not called
   */
  readonly announce?: (stack: PlannedStack) => void;
  /**
   * All stacks are one phase, whatever their waves: planned, approved and applied together.
   *
   * @default false
   */
  readonly together?: boolean;
}

/**
 * Updates the security account, then wave by wave, then the guard. The results are in
 * `dependencies.progress`; a stack that fails never stops another one.
 */
export async function rollOut(
  targets: readonly StackTarget[],
  dependencies: RolloutDependencies,
  options: RolloutOptions,
): Promise<void> {
  const stacks = targets.map((target) => new StackRollout(target, dependencies));
  const { together = false } = options;
  const phases = together ? [{ phase: TOGETHER, stacks }] : phasesOf(stacks, ({ target }) => target);
  for (const { phase, stacks: members } of phases) {
    const limit = phase.wave === undefined && !together ? 0 : options.maxFailures;
    const run = new PhaseRun(phase, limit, dependencies);
    await (options.approve === undefined
      ? run.straight(members, options.announce)
      : run.approved(members, options.approve));
  }
}

const TOGETHER: Phase = { wave: undefined };

/** Plans every stack, even if others fail, and keeps the plans that have changes. */
export async function planAll(
  targets: readonly StackTarget[],
  dependencies: RolloutDependencies,
): Promise<PlannedStack[]> {
  const run = new PhaseRun({ wave: undefined }, Infinity, dependencies);
  return run.plans(
    targets.map((target) => new StackRollout(target, dependencies)),
    ({ target, plan: { counts, changes, effects, unconfirmed } }) =>
      dependencies.progress.end(target, { outcome: "changed", counts, changes, effects, unconfirmed }),
  );
}

/** One wave, or one of the accounts in no wave. */
class PhaseRun {
  private failures = 0;

  constructor(
    private readonly phase: Phase,
    private readonly maxFailures: number,
    private readonly dependencies: RolloutDependencies,
  ) {}

  /** Plans and applies each stack as soon as a slot is free. */
  async straight(
    stacks: readonly StackRollout[],
    announce: RolloutOptions["announce"] = () => undefined,
  ): Promise<void> {
    await this.forEach(stacks, async (stack) => {
      const plan = await this.planOne(stack);
      if (plan !== undefined) {
        announce({ target: stack.target, plan });
        await this.applyOne(stack, plan, false);
      }
    });
  }

  /** Plans all stacks, asks for approval of all plans together, and applies them. */
  async approved(
    stacks: readonly StackRollout[],
    approve: NonNullable<RolloutOptions["approve"]>,
  ): Promise<void> {
    const { stop, progress } = this.dependencies;
    const planned = await this.plans(stacks, ({ target, plan }) =>
      progress.set(target, { kind: "planned", counts: plan.counts }),
    );
    const asked = planned.length > 0 && stop.reason === undefined;
    const agreed = asked && (await this.ask(planned, approve));
    // An operator who stops the rollout has not declined the plan: the stacks end as not started below.
    if (asked && !agreed && stop.reason === undefined) {
      this.decline(planned);
      return;
    }
    const plans = new Map(planned.map(({ target, plan }) => [target.name, plan]));
    await this.forEach(stacks, async (stack) => {
      const plan = plans.get(stack.target.name);
      return plan && this.applyOne(stack, plan, true);
    });
  }

  private async ask(
    planned: readonly PlannedStack[],
    approve: NonNullable<RolloutOptions["approve"]>,
  ): Promise<boolean> {
    try {
      return await approve(this.phase, planned);
    } catch (error) {
      planned.forEach(({ plan }) => this.dependencies.terraform.discard(plan));
      throw error;
    }
  }

  private decline(planned: readonly PlannedStack[]): void {
    const { stop, terraform, progress } = this.dependencies;
    stop.request(`the plan for ${describePhase(this.phase)} was not approved`);
    for (const { target, plan } of planned) {
      terraform.discard(plan);
      progress.end(target, { outcome: "declined", counts: plan.counts, effects: plan.effects });
    }
  }

  /** Plans all stacks; each plan with changes goes to `onPlanned` at once, and all are returned in order. */
  async plans(
    stacks: readonly StackRollout[],
    onPlanned: (planned: PlannedStack) => void,
  ): Promise<PlannedStack[]> {
    const planned = new Map<StackRollout, PlannedStack>();
    await this.forEach(stacks, async (stack) => {
      const plan = await this.planOne(stack);
      if (plan !== undefined) {
        const { target } = stack;
        planned.set(stack, { target, plan });
        onPlanned({ target, plan });
      }
    });
    return stacks.flatMap((stack) => planned.get(stack) ?? []);
  }

  /** The plan if it has changes; otherwise the stack has ended. */
  private async planOne(stack: StackRollout): Promise<StackPlan | undefined> {
    const plan = await stack.plan();
    if (!plan.hasChanges) {
      this.dependencies.progress.end(stack.target, { outcome: "unchanged" });
      return undefined;
    }
    return plan;
  }

  private async applyOne(stack: StackRollout, plan: StackPlan, approved: boolean): Promise<void> {
    try {
      await stack.apply(plan, approved);
    } finally {
      this.dependencies.terraform.discard(plan);
    }
    const { counts, changes, effects, unconfirmed } = plan;
    this.dependencies.progress.end(stack.target, {
      outcome: "applied",
      ...{ counts, changes, effects, unconfirmed },
    });
  }

  private async forEach(
    stacks: readonly StackRollout[],
    work: (stack: StackRollout) => Promise<void>,
  ): Promise<void> {
    const open = stacks.filter(({ target }) => this.dependencies.progress.resultOf(target) === undefined);
    await Promise.all(
      open.map((stack) =>
        this.dependencies.semaphore.run(async () => {
          try {
            await work(stack);
          } catch (error) {
            this.endWith(stack.target, error);
          }
        }),
      ),
    );
  }

  private endWith(target: StackTarget, error: unknown): void {
    const { progress, stop } = this.dependencies;
    const result = resultOf(error);
    progress.end(target, result);
    if (result.outcome === "not-started") {
      return;
    }
    this.failures++;
    if (this.failures > this.maxFailures) {
      stop.request(this.failureReason());
    }
  }

  private failureReason(): string {
    if (this.phase.wave === undefined && this.phase !== TOGETHER) {
      return `${describePhase(this.phase)} failed`;
    }
    const accounts = this.failures === 1 ? "1 account" : `${this.failures} accounts`;
    return `${accounts} failed in ${describePhase(this.phase)} (--max-failures ${this.maxFailures})`;
  }
}

function describePhase(phase: Phase): string {
  if (phase === TOGETHER) {
    return "the selection";
  }
  return phase.wave === undefined ? `the ${phaseName(phase)}` : `wave ${phase.wave}`;
}

/** How a stack ended whose work threw. */
export function resultOf(error: unknown): StackResult {
  if (error instanceof NotStarted) {
    return { outcome: "not-started", cause: error.message };
  }
  if (error instanceof TerraformError) {
    const { cause, advice } = error.fault;
    return { outcome: "failed", cause, ...(advice !== undefined && { advice }) };
  }
  // A full disk, or a bug in this program: the other accounts continue.
  return { outcome: "failed", cause: messageOf(error) };
}
