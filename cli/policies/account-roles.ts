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
  /** Managed policies. The role needs all of them. */
  readonly policies: readonly PolicyDocument[];
}

/** The purpose of a role: `plan` reads, `apply` rolls out, and the others are for operators. */
export const ROLE_USES = ["plan", "apply", "read", "drill", "break-glass"] as const;
export type RoleUse = (typeof ROLE_USES)[number];

/** The roles of one account that somebody may assume. */
export interface AccountRoles extends Readonly<Partial<Record<RoleUse, GeneratedRole>>> {
  readonly account: { readonly id: string; readonly name: string };
  readonly kind: StackKind;
  /**
   * Permissions boundary of the roles that the rollout creates. @default - no role for the rollout, or the
   * organization has its own boundary
   */
  readonly boundary?: Boundary;
}

/** A role to generate. */
interface RoleRequest {
  /** With its path. @default - the account's deployment role of the configuration */
  readonly name?: string;
  /** ARNs of the principals that may assume it. */
  readonly mayAssume: readonly string[];
}

export interface RoleSettings {
  readonly roles: Readonly<Partial<Record<RoleUse, RoleRequest>>>;
  readonly sourceIdentity?: string | undefined;
  /** Whether to generate a permissions boundary. */
  readonly boundary: boolean;
}

/**
 * Created by AWS Organizations, with all permissions and its own trust policy: no policies are generated for
 * it.
 */
const ORGANIZATIONS_ROLE = "OrganizationAccountAccessRole";

/**
 * Name of the generated role instead of it. `deploymentRole` in `rollout.yaml` should then have this name.
 */
export const DEFAULT_DEPLOYMENT_ROLE = "QuarantineDeploy";

/**
 * The configuration for which roles are generated: every setting on, and a deployment role with a name that
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

/** The kind of stack of an account. */
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

/** Policies by purpose. Roles that do not exist in this kind of account are omitted. */
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
  // Sessions of the break-glass role must identify a person.
  const sourceIdentity = settings.sourceIdentity ?? (use === "break-glass" ? "*" : undefined);
  return {
    name: name ?? deploying ?? deploymentRole,
    trust: trustPolicy({ principals, organizationId, sourceIdentity }),
  };
}
