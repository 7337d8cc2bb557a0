import { UsageError } from "../errors";
import type { StackResult } from "../rollout/progress";
import { resultOf } from "../rollout/rollout";
import { StackRollout } from "../rollout/stack-rollout";
import type { RunOptions } from "../run/options";
import { runSession, type Session } from "../run/session";
import type { Shell } from "../shell";
import type { StackTarget } from "../stack-target";
import type { Synthesis } from "../synthesis";
import { TerraformError } from "../terraform/fault";
import type { StackPlan } from "../terraform/plan";
import { driftInPlan } from "./plan-drift";
import type { Difference } from "./review";

/** Where AWS has something else than an account's state, or why nobody knows. */
export type DriftReading =
  | { readonly kind: "read"; readonly drift: readonly Difference[] }
  | { readonly kind: "failed"; readonly problem: string };

export type ReadDrift = (target: StackTarget) => Promise<DriftReading>;

/** Neither a lock nor anything else is written. */
const READ_ONLY = { refreshOnly: true, lock: false } as const;

/**
 * Does work that asks AWS whether it has what the states say: for each stack a plan by Terraform that only
 * refreshes, for some accounts at a time, as `plan` does it. An account that fails stops no other.
 *
 * @param targets Stacks that may be asked for; each has to be deployed.
 * @returns What the work returns, and whether somebody stopped it: accounts after that are `failed`.
 * @throws UsageError where a plan would be a run in HCP Terraform; CommandError without Terraform.
 */
export async function withDrift<T>(
  shell: Shell,
  options: RunOptions,
  synthesis: Synthesis,
  targets: readonly StackTarget[],
  work: (readDrift: ReadDrift) => Promise<T>,
): Promise<{ readonly result: T; readonly isInterrupted: boolean }> {
  const done: { result?: T } = {};
  const report = await runSession(
    shell,
    { command: "review", options, targets, synthesis, planning: READ_ONLY },
    async (session) => {
      const { semaphore } = session.dependencies;
      const ask: ReadDrift = (target) => semaphore.run(() => readDrift(target, session));
      done.result = await work(ask);
    },
  );
  // What the work throws, the session throws.
  return { result: done.result as T, isInterrupted: report.status === "interrupted" };
}

/**
 * Refuses the backend where such a plan would leave something: with `-out`, a run that waits until somebody
 * applies or discards it; without, a speculative one, whose drift Terraform does not hand over as JSON
 * (source: `internal/cloud/backend_plan.go` of Terraform).
 *
 * @throws UsageError
 */
export function checkBackend({ backend }: Pick<Synthesis["rollout"], "backend">): void {
  if (backend.type === "cloud") {
    throw new UsageError(
      "--drift: expected the backend local or s3, found cloud, where each plan would be a run of the workspace. " +
        "Let HCP Terraform look for drift: https://developer.hashicorp.com/terraform/cloud-docs/workspaces/health",
    );
  }
}

async function readDrift(
  target: StackTarget,
  { dependencies, terraform }: Pick<Session, "dependencies" | "terraform">,
): Promise<DriftReading> {
  const { progress } = dependencies;
  try {
    const plan = await new StackRollout(target, dependencies).plan();
    const drift = plan.hasChanges ? await driftOf(target, plan, terraform) : [];
    progress.end(target, { outcome: drift.length > 0 ? "changed" : "unchanged" });
    return { kind: "read", drift };
  } catch (error) {
    const result = resultOf(error);
    progress.end(target, result);
    return { kind: "failed", problem: describeProblem(result) };
  }
}

async function driftOf(
  { name }: StackTarget,
  plan: StackPlan,
  terraform: Session["terraform"],
): Promise<Difference[]> {
  try {
    const drift = driftInPlan(await terraform.showJson(name, plan));
    if (drift === undefined) {
      throw new TerraformError({ kind: "other", cause: "Terraform planned a refresh but did not list it" });
    }
    return drift;
  } finally {
    terraform.discard(plan);
  }
}

function describeProblem({ outcome, cause = "unknown cause", advice }: StackResult): string {
  const what = outcome === "not-started" ? "AWS was not asked for drift" : "Drift is not known";
  return `${what}: ${cause}.${advice === undefined ? "" : ` ${advice}`}`;
}
