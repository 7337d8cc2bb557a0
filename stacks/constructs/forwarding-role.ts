import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import { NAMES, type AccountNames } from "../names";
import { eventBridgeAssumesRole } from "../policies/assume-role";
import { forwardingPolicy } from "../policies/security-bus";

export interface ForwardingRoleProps {
  readonly names: AccountNames;
  /** Names of the security account, which holds the bus. */
  readonly security: AccountNames;
  /** Rules, by name, that forward with this role. */
  readonly rules: readonly string[];
}

/**
 * The role with which rules of a target account put events on the security account's bus. It may do nothing
 * else.
 */
export class ForwardingRole extends Construct {
  readonly role: IamRole;
  /** The role's permissions. */
  readonly policy: IamRolePolicy;

  constructor(scope: Construct, id: string, { names, security, rules }: ForwardingRoleProps) {
    super(scope, id);
    this.role = new IamRole(this, "role", {
      ...names.ownRole(NAMES.forwardingRole),
      description: "Puts security events on the bus of the security account",
      assumeRolePolicy: JSON.stringify(eventBridgeAssumesRole(names, rules)),
    });
    this.policy = new IamRolePolicy(this, "policy", {
      name: NAMES.forwardingRole,
      role: this.role.id,
      policy: JSON.stringify(forwardingPolicy(security)),
    });
  }
}
