import { guardAccount } from "../../stacks/config/guard-targets";
import type { Rollout } from "../../stacks/config/rollout";
import type { PolicyDocument } from "../../stacks/policies/document";
import { permissionsBoundary, type Boundary } from "./boundary";
import { grantsFor, OPERATOR_ROLES, type StackKind } from "./command-rights";
import { deploymentPolicies, type AccountStack } from "./deployment-policies";
import { withEverySetting } from "./every-setting";
import { documentsOf, statementsOf } from "./grants";
import { placeOf } from "./stack-block";
import { trustPolicy } from "./trust-policy";

/** A role that is assumed in an account: by the rollout, or by another command. */
export interface GeneratedRole {
  /** With its path, as `rollout.yaml` has it. */
  readonly name: string;
  readonly trust: PolicyDocument;
  /** Managed policies, to be attached all. */
  readonly policies: readonly PolicyDocument[];
}

/** What a role is for: `plan` reads, `apply` rolls out, and the others are for operators. */
export const ROLE_USES = ["plan", "apply", "read", "drill", "break-glass"] as const;
export type RoleUse = (typeof ROLE_USES)[number];

/** The roles of one account that somebody may assume. */
export interface AccountRoles extends Readonly<Partial<Record<RoleUse, GeneratedRole>>> {
  readonly account: { readonly id: string; readonly name: string };
  readonly kind: StackKind;
  /**
   * What the roles that the rollout makes may do at most. @default - nobody may roll out, or the organization
   * has one of its own
   */
  readonly boundary?: Boundary;
}

/** A role that is to be made. */
interface RoleRequest {
  /** With its path. @default - what the configuration calls the deployment role of the account */
  readonly name?: string;
  /** ARNs of who may assume it. */
  readonly mayAssume: readonly string[];
}

export interface RoleSettings {
  readonly roles: Readonly<Partial<Record<RoleUse, RoleRequest>>>;
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
 * The roles and the boundary of one account.
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
  const policies = rolePolicies(wide, stack);
  const made = ROLE_USES.flatMap((use) => {
    const request = settings.roles[use];
    const documents = policies[use];
    return request === undefined || documents === undefined
      ? []
      : [[use, { ...nameAndTrust(use, request, kind, wide, settings), policies: documents }] as const];
  });
  return {
    account: { id: account.id, name: account.name },
    kind,
    ...Object.fromEntries(made),
    ...(settings.boundary && settings.roles.apply && { boundary: permissionsBoundary(rollout, stack) }),
  };
}

/** By use; a role that the kind of account does not have is left out. */
function rolePolicies(
  wide: Rollout,
  stack: AccountStack,
): Partial<Record<RoleUse, readonly PolicyDocument[]>> {
  const place = placeOf(wide, stack.accountId);
  const operators = Object.entries(OPERATOR_ROLES)
    .filter(([, role]) => role.in.includes(stack.kind))
    .map(([use, { commands }]) => {
      const statements = statementsOf(grantsFor(commands, stack.kind, place));
      return [use, documentsOf(statements)] as const;
    });
  return { ...deploymentPolicies(wide, stack), ...Object.fromEntries(operators) };
}

function nameAndTrust(
  use: RoleUse,
  { name, mayAssume: principals }: RoleRequest,
  kind: StackKind,
  { organizationId, managementAccount, deploymentRole }: Rollout,
  settings: RoleSettings,
): Pick<GeneratedRole, "name" | "trust"> {
  const deploying = kind === "management" ? managementAccount?.deploymentRole : undefined;
  // Who uses the break-glass role has to say who it is.
  const sourceIdentity = settings.sourceIdentity ?? (use === "break-glass" ? "*" : undefined);
  return {
    name: name ?? deploying ?? deploymentRole,
    trust: trustPolicy({ principals, organizationId, sourceIdentity }),
  };
}
