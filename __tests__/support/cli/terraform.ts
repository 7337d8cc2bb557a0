import type { RolloutDependencies } from "../../../cli/rollout/stack-rollout";
import { TerraformError, type TerraformFault } from "../../../cli/terraform/fault";
import type { ResourceChange } from "../../../cli/terraform/messages";
import type { StackPlan } from "../../../cli/terraform/plan";
import type { PlanOptions } from "../../../cli/terraform/stack-terraform";
import type { ManualClock } from "./clock";

export type TerraformStep = "initialize" | "plan" | "apply";

/** What one run of Terraform does. */
export interface Attempt {
  /** @default 1 s */
  readonly takesMs?: number;
  /** It fails with this fault, or with an error that is none of Terraform's. */
  readonly fails?: TerraformFault | Error;
  /** What a plan finds to do. @default - one resource to create, until an apply went well */
  readonly changes?: readonly ResourceChange[];
}

/** What the runs of Terraform in a stack do, in order. What follows goes well. */
export type StackScript = Partial<Record<TerraformStep, readonly Attempt[]>>;

/** A run of Terraform, with the milliseconds at which it began and ended. */
export interface Call {
  readonly stack: string;
  readonly step: TerraformStep;
  readonly from: number;
  readonly until: number;
  readonly failed: boolean;
}

export const CREATE: ResourceChange = { address: "aws_sns_topic.alerts", action: "create" };

export const fault = (kind: TerraformFault["kind"], cause: string = kind): TerraformFault => ({
  kind,
  cause,
});
export const DENIED = fault("other", "AccessDenied");
export const LOCKED = fault("lock-held", "held by alice@laptop");
export const THROTTLED = fault("throttled", "Rate exceeded");

type Terraform = RolloutDependencies["terraform"];

/** Terraform in every stack, as a script tells it to be. Takes its time from the clock. */
export class FakeTerraform implements Terraform {
  readonly calls: Call[] = [];
  /** Plans that lie on the disk. */
  readonly files = new Set<string>();
  readonly planOptions: PlanOptions[] = [];
  working = 0;
  mostWorking = 0;
  private readonly initialized = new Set<string>();
  private readonly upToDate = new Set<string>();
  private readonly scripts: Map<string, Attempt[]>;

  constructor(
    private readonly clock: ManualClock,
    scripts: Readonly<Record<string, StackScript>> = {},
  ) {
    this.scripts = new Map(
      Object.entries(scripts).flatMap(([stack, script]) =>
        Object.entries(script).map(([step, attempts]) => [`${step} ${stack}`, [...attempts]] as const),
      ),
    );
  }

  isInitialized(stack: string): boolean {
    return this.initialized.has(stack);
  }

  async initialize(stack: string): Promise<void> {
    await this.run(stack, "initialize");
    this.initialized.add(stack);
  }

  async plan(stack: string, options: PlanOptions): Promise<StackPlan> {
    this.planOptions.push(options);
    const { changes = this.upToDate.has(stack) ? [] : [CREATE] } = await this.run(stack, "plan");
    const plan = planOf(changes, `${stack}/plan.tfplan`);
    if (plan.hasChanges) {
      this.files.add(plan.file);
    }
    return plan;
  }

  async apply(stack: string, plan: StackPlan, onDone: (address: string) => void): Promise<void> {
    if (!this.files.has(plan.file)) {
      throw new Error(`${plan.file} is not there to be applied`);
    }
    await this.run(stack, "apply");
    plan.changes.forEach(({ address }) => onDone(address));
    this.upToDate.add(stack);
    this.discard(plan);
  }

  discard(plan: StackPlan): void {
    this.files.delete(plan.file);
  }

  /** The stacks in which a step was run, in the order of their beginning. */
  began(step: TerraformStep): string[] {
    return this.of(step).map(({ stack }) => stack);
  }

  of(step: TerraformStep, stack?: string): Call[] {
    return this.calls
      .filter((call) => call.step === step && (stack === undefined || call.stack === stack))
      .sort((a, b) => a.from - b.from);
  }

  private async run(stack: string, step: TerraformStep): Promise<Attempt> {
    const attempt = this.scripts.get(`${step} ${stack}`)?.shift() ?? {};
    const from = this.clock.elapsed;
    this.mostWorking = Math.max(this.mostWorking, ++this.working);
    await this.clock.sleep(attempt.takesMs ?? 1_000);
    this.working--;
    const { fails } = attempt;
    this.calls.push({ stack, step, from, until: this.clock.elapsed, failed: fails !== undefined });
    if (fails === undefined) {
      return attempt;
    }
    throw fails instanceof Error ? fails : new TerraformError(fails);
  }
}

export function planOf(
  changes: readonly ResourceChange[],
  file = "stack/plan.tfplan",
  effects: StackPlan["effects"] = [],
): StackPlan {
  const count = (...actions: string[]) => changes.filter(({ action }) => actions.includes(action)).length;
  return {
    file,
    accountId: "444455556666",
    destroys: false,
    hasChanges: changes.length > 0,
    counts: {
      add: count("create", "replace"),
      change: count("update"),
      remove: count("delete", "replace"),
    },
    changes,
    effects,
    unconfirmed: [],
  };
}
