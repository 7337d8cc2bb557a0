import { guardAccount } from "../../stacks/config/guard-targets";
import type { Rollout } from "../../stacks/config/rollout";
import type { PolicyDocument } from "../../stacks/policies/document";
import { permissionsBoundary, type Boundary } from "./boundary";
import type { StackKind } from "./command-actions";
import { deploymentPolicies, type AccountStack } from "./deployment-policies";
import { withEverySetting } from "./every-setting";
import { trustPolicy } from "./trust-policy";

/** A role that the rollout assumes. */
export interface GeneratedRole {
  /** With its path, as `rollout.yaml` has it. */
  readonly name: string;
  readonly trust: PolicyDocument;
  /** Managed policies, to be attached all. */
  readonly policies: readonly PolicyDocument[];
}

/** Everything that one account needs before the first rollout. */
export interface AccountRoles {
  readonly account: { readonly id: string; readonly name: string };
  readonly kind: StackKind;
  readonly plan: GeneratedRole;
  readonly apply: GeneratedRole;
  /** What the roles that the rollout makes may do at most. @default - the organization has one of its own */
  readonly boundary?: Boundary;
}

export interface RoleSettings {
  /** ARNs of who may assume the role that changes something. */
  readonly mayDeploy: readonly string[];
  /** ARNs of who may assume the role that reads. */
  readonly mayPlan: readonly string[];
  readonly planRole: string;
  readonly sourceIdentity?: string | undefined;
  /** Whether a permissions boundary is made too. */
  readonly boundary: boolean;
}

/** Made by AWS Organizations, with all rights and a trust of its own: no role to write policies for. */
const ORGANIZATIONS_ROLE = "OrganizationAccountAccessRole";

/** Name of the role in its place, which `deploymentRole` in `rollout.yaml` should then be. */
export const DEFAULT_DEPLOYMENT_ROLE = "QuarantineDeploy";

/**
 * The configuration that roles are made for: every setting on, and the deployment role with a name that
 * Organizations does not use.
 */
export function rolloutForRoles(rollout: Rollout): Rollout {
  const { deploymentRole, managementAccount } = rollout;
  const role = deploymentRole === ORGANIZATIONS_ROLE ? DEFAULT_DEPLOYMENT_ROLE : deploymentRole;
  return withEverySetting({
    ...rollout,
    deploymentRole: role,
    ...(managementAccount && {
      managementAccount: { ...managementAccount, deploymentRole: managementAccount.deploymentRole ?? role },
    }),
  });
}

/** Which kind of stack an account has. */
export function kindOf(rollout: Rollout, accountId: string): StackKind {
  if (accountId === rollout.securityAccount.id) {
    return "security";
  }
  return accountId === guardAccount(rollout)?.id ? "management" : "target";
}

/**
 * The two roles and the boundary of one account.
 *
 * @param wide See {@link rolloutForRoles}; the stack is synthesized from it.
 * @param rollout The configuration as it is.
 */
export function accountRoles(
  rollout: Rollout,
  wide: Rollout,
  account: { readonly id: string; readonly name: string },
  stackJson: object,
  settings: RoleSettings,
): AccountRoles {
  const kind = kindOf(wide, account.id);
  const stack: AccountStack = { kind, accountId: account.id, json: stackJson };
  const { plan, apply } = deploymentPolicies(wide, stack);
  const { organizationId, managementAccount, deploymentRole } = wide;
  const trust = (principals: readonly string[]) =>
    trustPolicy({ principals, organizationId, sourceIdentity: settings.sourceIdentity });
  const name = kind === "management" ? (managementAccount?.deploymentRole ?? deploymentRole) : deploymentRole;
  return {
    account: { id: account.id, name: account.name },
    kind,
    plan: { name: settings.planRole, trust: trust(settings.mayPlan), policies: plan },
    apply: { name, trust: trust(settings.mayDeploy), policies: apply },
    ...(settings.boundary && { boundary: permissionsBoundary(rollout, stack) }),
  };
}
