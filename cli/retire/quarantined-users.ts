import type { UserDetail } from "@aws-sdk/client-iam";
import { INLINE_POLICY_NAME, TAG_KEYS, TAG_STATUS } from "../../functions/contract";

/** A user that the quarantine still holds, or that its tags say it holds. */
export interface QuarantinedUser {
  readonly userName: string;
  /** How: `policy attached`, `inline policy`, `permissions boundary`, or only `tag`. */
  readonly heldBy: readonly string[];
}

/**
 * How the quarantine holds a user; undefined for a user it does not hold.
 *
 * @param policyArn ARN of the account's quarantine policy.
 */
export function quarantineOf(user: UserDetail, policyArn: string): QuarantinedUser | undefined {
  const attached = user.AttachedManagedPolicies?.some(({ PolicyArn }) => PolicyArn === policyArn);
  const inline = user.UserPolicyList?.some(({ PolicyName }) => PolicyName === INLINE_POLICY_NAME);
  const bounded = user.PermissionsBoundary?.PermissionsBoundaryArn === policyArn;
  const tagged = user.Tags?.some(
    ({ Key, Value }) => Key === TAG_KEYS.status && Value === TAG_STATUS.quarantined,
  );
  const holds = [
    attached === true ? ["policy attached"] : [],
    inline === true ? ["inline policy"] : [],
    bounded ? ["permissions boundary"] : [],
  ].flat();
  if (holds.length > 0) {
    return { userName: user.UserName ?? "", heldBy: holds };
  }
  // The deny is gone and the tag is not: somebody may have taken off the deny behind our back.
  return tagged === true ? { userName: user.UserName ?? "", heldBy: ["tag"] } : undefined;
}
