import { messageOf } from "../../../functions/shared/message-of";
import { runConcurrently } from "../../../functions/shared/run-concurrently";
import { guardTargets, type GuardTarget } from "../../../stacks/config/guard-targets";
import { mayUndoRoles } from "../../../stacks/config/roles";
import type { Rollout } from "../../../stacks/config/rollout";
import { NAMES } from "../../../stacks/names";
import { readFault, TerraformError } from "../../terraform/fault";

/**
 * Most service control policies of an account or a unit, since 2026-05-15 (Organizations guide, "Quotas and
 * service limits").
 */
const MAX_ATTACHED = 10;

/** Accounts that are checked concurrently. */
const LOOKS_AT_ONCE = 8;

/** Reads what the guard depends on. Each call rejects if AWS does not answer. */
export interface GuardLookup {
  /** `ENABLED`, `PENDING_ENABLE` or `PENDING_DISABLE`; undefined where service control policies are off. */
  policyTypeStatus(): Promise<string | undefined>;
  /** Names of the service control policies that are directly attached to an account or unit. */
  attachedPolicies(targetId: string): Promise<readonly string[]>;
  /** ARN of a role by its name without path; undefined where the account has none. */
  roleArn(accountId: string, roleName: string): Promise<string | undefined>;
}

/** What the guard's stack is configured from. */
type GuardSettings = Pick<Rollout, "partition" | "deploymentRole" | "guard" | "securityAccount" | "accounts">;

/**
 * Refuses to deploy a guard that could not be attached, or under which nobody could release a user.
 *
 * @returns Warnings for the operator, one line each.
 * @throws TerraformError with every problem and its place.
 */
export async function checkGuard(settings: GuardSettings, lookup: GuardLookup): Promise<string[]> {
  const targets = guardTargets(settings);
  const { problems, left } = await findProblems(settings, targets, lookup).catch((cause: unknown) => {
    throw unchecked(cause);
  });
  if (problems.length > 0) {
    throw new TerraformError({
      kind: "other",
      cause: `The guard cannot be deployed: ${problems.join("; ")}. Nothing was changed.`,
      advice: "docs/guard.md says what each of these needs.",
    });
  }
  const fewest = Math.min(...left);
  return [
    `The guard: ${targets.length} attachments; where fewest are left, ${fewest} more service control policies can be attached.`,
  ];
}

async function findProblems(
  settings: GuardSettings,
  targets: readonly GuardTarget[],
  lookup: GuardLookup,
): Promise<{ problems: string[]; left: number[] }> {
  const status = await lookup.policyTypeStatus();
  if (status !== "ENABLED") {
    const found = status ?? "not enabled";
    return { problems: [`service control policies are ${found} in the organization`], left: [] };
  }
  const attachments = await runConcurrently(targets, LOOKS_AT_ONCE, (target) => attachmentOf(target, lookup));
  const roles = await runConcurrently(guardedAccounts(settings), LOOKS_AT_ONCE, (account) =>
    missingRoles(settings, account, lookup),
  );
  return {
    problems: [...attachments.flatMap(({ problem }) => problem ?? []), ...roles.flat()],
    left: attachments.map(({ left }) => left),
  };
}

/** How many more policies a target allows, with the guard. */
async function attachmentOf(
  { kind, id, name }: GuardTarget,
  lookup: GuardLookup,
): Promise<{ left: number; problem?: string }> {
  const attached = await lookup.attachedPolicies(id);
  const needed = attached.includes(NAMES.guardPolicy) ? 0 : 1;
  const left = MAX_ATTACHED - attached.length - needed;
  if (left >= 0) {
    return { left };
  }
  const place = kind === "account" ? `the account ${name} (${id})` : `the unit ${id}`;
  const problem = `${place} has ${attached.length} service control policies, and may have ${MAX_ATTACHED}`;
  return { left, problem };
}

/** Accounts that are under the guard according to the configuration: with units, all accounts should be. */
function guardedAccounts(settings: GuardSettings): { readonly id: string; readonly name: string }[] {
  const targets = guardTargets(settings).filter(({ kind }) => kind === "account");
  return targets.length > 0 ? targets : [settings.securityAccount, ...settings.accounts];
}

/** The roles that may still undo a quarantine under the guard must exist before it. */
async function missingRoles(
  settings: GuardSettings,
  account: { readonly id: string; readonly name: string },
  lookup: GuardLookup,
): Promise<string[]> {
  const problems: string[] = [];
  for (const expected of mayUndoRoles(settings, account)) {
    const found = await lookup.roleArn(account.id, expected.slice(expected.lastIndexOf("/") + 1));
    if (found !== expected) {
      const instead = found === undefined ? "" : `, only ${found}`;
      problems.push(`the account ${account.name} (${account.id}) has no role ${expected}${instead}`);
    }
  }
  return problems;
}

/** Throttling and network errors are retried, like those of Terraform. */
function unchecked(error: unknown): TerraformError {
  const text = `${error instanceof Error ? `${error.name}: ` : ""}${messageOf(error)}`;
  const { kind, advice } = readFault([], [text]);
  return new TerraformError({
    kind,
    cause: `Whether the guard can be attached could not be checked: ${text}. Nothing was changed.`,
    advice:
      advice ??
      "It needs organizations:ListRoots and ListPoliciesForTarget in the management account, and iam:GetRole in the guarded ones: docs/guard.md.",
  });
}
