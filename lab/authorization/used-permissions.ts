import type { Principal } from "../exchange/principal";
import type { Permission } from "./permissions/permission";

/** A permission that somebody had and used. */
export interface UsedPermission {
  /** For example `lambda:GetFunction`. */
  readonly action: string;
  /** ARN, or `*` for an action without resource types. */
  readonly resource: string;
}

/**
 * What each principal has used of its permissions, reads too, once each. AWS has it in part: CloudTrail
 * records calls, and IAM Access Analyzer makes a policy from them.
 */
export class UsedPermissions {
  /** By the principal's ARN, then by action and resource. */
  private readonly byPrincipal = new Map<string, Map<string, UsedPermission>>();

  add(principal: Principal, { action, resourceArn: resource }: Permission): void {
    if (principal.type === "AWSService") {
      return;
    }
    const arn = principal.type === "AssumedRole" ? principal.roleArn : principal.arn;
    const used = this.byPrincipal.get(arn) ?? new Map<string, UsedPermission>();
    this.byPrincipal.set(arn, used.set(`${action} ${resource}`, { action, resource }));
  }

  /** @param principalArn ARN of a user, or of a role for all of its sessions. */
  of(principalArn: string): readonly UsedPermission[] {
    return [...(this.byPrincipal.get(principalArn)?.values() ?? [])];
  }
}
