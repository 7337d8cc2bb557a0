import { guardAccount, guardTargets } from "../../stacks/config/guard-targets";
import { mayUndoRoles } from "../../stacks/config/roles";
import type { Rollout } from "../../stacks/config/rollout";
import { NAMES, type AccountNames } from "../../stacks/names";
import { READ_USER } from "../../stacks/policies/responder";
import type { Grant } from "./grants";
import { guardTargetArn } from "./resource-arn";

/** Which of the three kinds of stacks an account has. */
export type StackKind = "target" | "security" | "management";

/** The calls that `quarantine` itself makes, apart from Terraform, with the role of an account. */
interface CommandGrants {
  readonly reads: readonly Grant[];
  readonly writes: readonly Grant[];
}

/** By the kind of the account's stack. */
export function commandGrants(kind: StackKind, rollout: Rollout, names: AccountNames): CommandGrants {
  switch (kind) {
    case "target":
      return {
        reads: guardedRoles(rollout, names),
        writes: [
          // `explain` reads any user, `status` and `retire` those that are quarantined.
          ...READ_USER.map((action) => ({ action, resource: names.usersArn() })),
          // `status`, `retire` and `review --live` list all users at once.
          { action: "iam:GetAccountAuthorizationDetails", resource: "*" },
          // `replay` and `explain`.
          { action: "cloudtrail:LookupEvents", resource: "*" },
          // `drill`.
          { action: "lambda:InvokeFunction", resource: names.functionArn(NAMES.drill) },
        ],
      };
    case "security":
      return {
        reads: guardedRoles(rollout, names),
        // `drill` and `review --live` read how drills ended.
        writes: [{ action: "logs:FilterLogEvents", resource: `${names.logGroupArn(NAMES.auditLog)}:*` }],
      };
    case "management":
      return { reads: guardChecks(rollout, names), writes: [] };
  }
}

/** Before the guard is planned: that the exempt roles are in every account under it. */
function guardedRoles(rollout: Rollout, { accountId }: AccountNames): Grant[] {
  return guardAccount(rollout) === undefined
    ? []
    : mayUndoRoles(rollout, { id: accountId }).map((resource) => ({ action: "iam:GetRole", resource }));
}

/** And that service control policies are on, and have a place left where the guard goes. */
function guardChecks(rollout: Rollout, { partition }: AccountNames): Grant[] {
  const targets = guardTargets(rollout).map(({ id }) =>
    guardTargetArn(partition, rollout.organizationId, id),
  );
  return [
    { action: "organizations:ListRoots", resource: "*" },
    ...targets.map((resource) => ({ action: "organizations:ListPoliciesForTarget", resource })),
  ];
}
