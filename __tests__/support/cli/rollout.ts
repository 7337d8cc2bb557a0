import { Progress, type StackResult } from "../../../cli/rollout/progress";
import { planAll, rollOut, type PlannedStack, type RolloutOptions } from "../../../cli/rollout/rollout";
import type { RolloutDependencies } from "../../../cli/rollout/stack-rollout";
import { Stop } from "../../../cli/rollout/stop";
import { Semaphore } from "../../../cli/semaphore";
import type { StackTarget } from "../../../cli/stack-target";
import type { PlanOptions } from "../../../cli/terraform/stack-terraform";
import { ManualClock } from "./clock";
import { FakeTerraform, type StackScript } from "./terraform";

/** The security account and waves with so many accounts: `canary-1`, `canary-2`, `production-1` ... */
export function organization(waves: Readonly<Record<string, number>>): StackTarget[] {
  const accounts = Object.entries(waves).flatMap(([wave, size]) =>
    Array.from({ length: size }, (_, index) => ({ name: `${wave}-${index + 1}`, wave })),
  );
  return [
    { name: "security", accountId: "111122223333", wave: undefined },
    ...accounts.map(({ name, wave }, index) => ({ name, accountId: `${444455556666 + index}`, wave })),
  ];
}

/** The stack that comes after all others. */
export const GUARD: StackTarget = {
  name: "management",
  accountId: "999988887777",
  wave: undefined,
  guard: true,
};

export interface ScenarioSettings {
  readonly targets: readonly StackTarget[];
  readonly scripts?: Readonly<Record<string, StackScript>>;
  /** @default 4 */
  readonly concurrency?: number;
  /** @default 5 minutes */
  readonly lockTimeoutMs?: number;
  /** @default 1 minute */
  readonly retryForMs?: number;
  readonly planning?: PlanOptions;
  /** @default - no name is taken */
  readonly checkPlan?: RolloutDependencies["checkPlan"];
  /** @default 1: the longest delays, without chance */
  readonly random?: () => number;
}

/** A rollout of an organization in which Terraform and time are the test's. */
export class Scenario {
  readonly clock = new ManualClock();
  readonly stop = new Stop();
  readonly terraform: FakeTerraform;
  readonly progress: Progress;
  private readonly targets: readonly StackTarget[];
  private readonly dependencies: RolloutDependencies;

  constructor({ targets, scripts, concurrency = 4, planning = {}, checkPlan, ...retry }: ScenarioSettings) {
    const { lockTimeoutMs = 300_000, retryForMs = 60_000, random = () => 1 } = retry;
    this.targets = targets;
    this.terraform = new FakeTerraform(this.clock, scripts);
    this.progress = new Progress(targets, () => this.clock.now());
    this.dependencies = {
      terraform: this.terraform,
      semaphore: new Semaphore(concurrency),
      retry: { lockTimeoutMs, retryForMs, random },
      clock: this.clock,
      progress: this.progress,
      stop: this.stop,
      planning,
      checkPlan: checkPlan ?? (() => Promise.resolve()),
    };
  }

  /** Rolls out to the end; every plan has to be gone then. */
  async rollOut(options: Partial<RolloutOptions> = {}): Promise<void> {
    await this.clock.run(rollOut(this.targets, this.dependencies, { maxFailures: 0, ...options }));
    expect([...this.terraform.files]).toEqual([]);
  }

  plan(): Promise<PlannedStack[]> {
    return this.clock.run(planAll(this.targets, this.dependencies));
  }

  /** Stops the rollout after so many milliseconds. */
  stopAfter(ms: number, reason = "stopped by SIGINT"): void {
    void this.clock.sleep(ms).then(() => this.stop.request(reason));
  }

  /** How each stack ended. */
  outcomes(): Record<string, string> {
    return Object.fromEntries(
      this.progress.all.map(({ target }) => [target.name, this.result(target.name).outcome]),
    );
  }

  result(stack: string): StackResult {
    const found = this.progress.all.find(({ target }) => target.name === stack);
    if (found?.state.kind !== "ended") {
      throw new Error(`${stack} has not ended: ${JSON.stringify(found?.state)}`);
    }
    return found.state.result;
  }
}
