import { setTimeout as sleep } from "node:timers/promises";
import type { Semaphore } from "../semaphore";
import type { StackTarget } from "../stack-target";
import { TerraformError } from "../terraform/fault";
import { isPartOf, type StackPlan } from "../terraform/plan";
import type { PlanOptions, StackTerraform } from "../terraform/stack-terraform";
import type { Progress, Step } from "./progress";
import { Retries, type RetryPolicy } from "./retry";
import type { Stop } from "./stop";

/** The clock of a rollout; tests replace it. */
export interface Clock {
  /** Milliseconds since 1970. Never goes back or jumps. */
  now(): number;
  /** Waits; ends early, without an error, when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The machine's clock when this program started. */
const STARTED_AT = Date.now() - performance.now();

/**
 * The machine's clock, but unaffected by changes of the clock during the run: limits and shown times are
 * durations.
 */
export const SYSTEM_CLOCK: Clock = {
  now: () => STARTED_AT + performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
};

/** What the stacks of a rollout share. */
export interface RolloutDependencies {
  readonly terraform: Pick<StackTerraform, "isInitialized" | "initialize" | "plan" | "apply" | "discard">;
  readonly semaphore: Semaphore;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly stop: Stop;
  readonly planning: PlanOptions;
  /**
   * Refuses, with a TerraformError, a plan that would take over what is not in the account's state, and a
   * guard that could not work.
   */
  readonly checkPlan: (target: StackTarget, plan: StackPlan) => Promise<void>;
}

/** Nothing was done, because the rollout stopped first. */
export class NotStarted extends Error {}

/** The steps of one stack, with their retries. Runs while it holds a slot of the semaphore. */
export class StackRollout {
  constructor(
    readonly target: StackTarget,
    private readonly dependencies: RolloutDependencies,
  ) {}

  /**
   * Makes a plan, in an initialized folder.
   *
   * @throws TerraformError when it cannot be made, or must not be applied; NotStarted when the rollout has
   * stopped.
   */
  async plan(): Promise<StackPlan> {
    const { terraform } = this.dependencies;
    const { name } = this.target;
    if (!terraform.isInitialized(name)) {
      await this.attempt("initializing", () => terraform.initialize(name));
    }
    return this.attempt("planning", () => this.planOnce());
  }

  private async planOnce(): Promise<StackPlan> {
    const { terraform, planning, checkPlan } = this.dependencies;
    const plan = await terraform.plan(this.target.name, planning);
    try {
      // The rest of a plan is not checked, since a failed apply may have created these resources.
      await checkPlan(this.target, plan);
    } catch (error) {
      terraform.discard(plan);
      throw error;
    }
    return plan;
  }

  /**
   * Applies a plan and, after a transient fault, the rest of it.
   *
   * @param approved An operator has approved the plan: nothing beyond it is done.
   * @throws TerraformError when it fails; NotStarted when the rollout has stopped.
   */
  async apply(plan: StackPlan, approved: boolean): Promise<void> {
    let attempts = 0;
    await this.attempt("applying", async () => {
      // A failed attempt has changed the state: the rest needs a new plan.
      const rest = attempts++ === 0 ? plan : await this.planRest(plan, approved);
      if (rest.hasChanges) {
        await this.applyOnce(rest);
      }
    });
  }

  private async planRest(plan: StackPlan, approved: boolean): Promise<StackPlan> {
    const { terraform, planning, stop } = this.dependencies;
    const rest = await terraform.plan(this.target.name, planning);
    if (rest.hasChanges && stop.reason !== undefined) {
      terraform.discard(rest);
      throw new TerraformError({
        kind: "interrupted",
        cause: `${stop.reason}, before the rest of its plan was applied`,
      });
    }
    if (approved && !isPartOf(rest, plan)) {
      terraform.discard(rest);
      throw new TerraformError({
        kind: "other",
        cause: "something else has changed since the plan was shown",
        advice: "Run again to see the new plan.",
      });
    }
    return rest;
  }

  private async applyOnce(plan: StackPlan): Promise<void> {
    const { terraform, progress } = this.dependencies;
    const total = plan.counts.add + plan.counts.change + plan.counts.remove;
    let done = 0;
    await terraform.apply(this.target.name, plan, () => {
      done++;
      progress.set(this.target, {
        kind: "working",
        step: "applying",
        detail: `${done} of ${total} resources`,
      });
    });
  }

  /** Runs a step, and retries it after each transient fault for as long as the policy says. */
  private async attempt<T>(step: Step, work: () => Promise<T>): Promise<T> {
    const { progress, clock, semaphore, stop } = this.dependencies;
    const retries = new Retries(this.dependencies.retry);
    for (;;) {
      if (stop.reason !== undefined) {
        throw new NotStarted(stop.reason);
      }
      progress.set(this.target, { kind: "working", step });
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof TerraformError)) {
          throw error;
        }
        const now = clock.now();
        const delay = retries.delayAfter(error.fault, now);
        if (delay === undefined || stop.reason !== undefined) {
          throw error;
        }
        progress.set(this.target, { kind: "waiting", step, cause: error.fault.cause, againAt: now + delay });
        await semaphore.pause(clock.sleep(delay, stop.signal));
        if (stop.reason !== undefined) {
          throw error;
        }
      }
    }
  }
}
