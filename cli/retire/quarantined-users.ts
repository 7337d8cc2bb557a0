import type { UserDetail } from "@aws-sdk/client-iam";
import { INLINE_POLICY_NAME, TAG_KEYS, TAG_STATUS } from "../../functions/contract";

/** A user that is still quarantined, or whose tags say so. */
export interface QuarantinedUser {
  readonly userName: string;
  /** By what: `policy attached`, `inline policy`, `permissions boundary`, or only `tag`. */
  readonly heldBy: readonly string[];
}

/**
 * How a user is quarantined; undefined for a user who is not.
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
  // The deny is gone but the tag is not: someone may have removed the deny without releasing the user.
  return tagged === true ? { userName: user.UserName ?? "", heldBy: ["tag"] } : undefined;
}
