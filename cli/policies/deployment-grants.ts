import { guardAccount, guardTargets } from "../../stacks/config/guard-targets";
import { mayUndoRoles } from "../../stacks/config/roles";
import type { Rollout } from "../../stacks/config/rollout";
import type { AccountNames } from "../../stacks/names";
import { grantsFor, type CommandWithRights, type StackKind } from "./command-rights";
import type { Grant } from "./grants";
import { guardTargetArn } from "./resource-arn";
import type { Place } from "./stack-block";

/**
 * Calls that the commands that plan and deploy make themselves, in addition to Terraform, with the role of an
 * account.
 */
interface DeploymentGrants {
  readonly reads: readonly Grant[];
  readonly writes: readonly Grant[];
}

/** Commands that assume `deploymentRole` without `--role`. `retire` makes the same calls as `status`. */
const WITH_DEPLOYMENT_ROLE: readonly CommandWithRights[] = [
  "status",
  "review --live",
  "replay",
  "explain",
  "drill",
];

/** By the kind of the account's stack. */
export function deploymentGrants(kind: StackKind, rollout: Rollout, place: Place): DeploymentGrants {
  return {
    reads: kind === "management" ? guardChecks(rollout, place) : guardedRoles(rollout, place.names),
    writes: grantsFor(WITH_DEPLOYMENT_ROLE, kind, place),
  };
}

/** Before the guard is planned: checks that every account under it has the exempt roles. */
function guardedRoles(rollout: Rollout, { accountId }: AccountNames): Grant[] {
  return guardAccount(rollout) === undefined
    ? []
    : mayUndoRoles(rollout, { id: accountId }).map((resource) => ({ action: "iam:GetRole", resource }));
}

/**
 * And checks that service control policies are enabled, and that the guard's targets allow one more policy.
 */
function guardChecks(rollout: Rollout, place: Place): Grant[] {
  const targets = guardTargets(rollout).map(({ id }) => guardTargetArn(place, id));
  return [
    { action: "organizations:ListRoots", resource: "*" },
    ...targets.map((resource) => ({ action: "organizations:ListPoliciesForTarget", resource })),
  ];
}
