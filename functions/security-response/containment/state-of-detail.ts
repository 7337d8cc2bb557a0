import type { UserDetail } from "@aws-sdk/client-iam";
import { INLINE_POLICY_NAME } from "../../contract";
import { isDenyAll } from "./deny-document";
import type { UserState } from "./user-state";

/** The state of a user as far as the listing of all users of an account shows it. */
export function stateOfDetail(user: UserDetail): UserState {
  const inline = user.UserPolicyList ?? [];
  const ours = inline.find(({ PolicyName }) => PolicyName === INLINE_POLICY_NAME);
  return {
    id: user.UserId ?? "",
    arn: user.Arn ?? "",
    tags: user.Tags ?? [],
    groups: user.GroupList ?? [],
    attachedPolicies: (user.AttachedManagedPolicies ?? []).map(
      ({ PolicyName: name = "unknown", PolicyArn: arn = "" }) => ({ name, arn }),
    ),
    inlinePolicies: inline.map(({ PolicyName = "unknown" }) => PolicyName),
    inlineDeny: ours?.PolicyDocument !== undefined && isDenyAll(ours.PolicyDocument),
    boundary: user.PermissionsBoundary?.PermissionsBoundaryArn ?? "",
  };
}
