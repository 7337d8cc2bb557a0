import { DRILL_PATH, SIMULATION_PATH, type MayUndo } from "../../functions/contract";
import { AccountNames, NAMES } from "../names";
import type { Account, Rollout } from "./rollout";

type Roles = Pick<Rollout, "deploymentRole" | "guard">;

/** What decides the ARNs of the roles that this project deploys. */
type OwnRoles = Pick<Rollout, "partition" | "rolePath">;

/** Names, with their path, of the roles that may undo a quarantine: the deployment role comes first. */
export function mayUndoRoleNames({ deploymentRole, guard }: Roles): string[] {
  return [deploymentRole, ...guard.breakGlassRoles];
}

/**
 * The roles of one account that may undo a quarantine there, whether the guard is on or not.
 *
 * @returns Exact ARNs, as `sessionContext.sessionIssuer.arn` and `aws:PrincipalArn` show them: with the path.
 */
export function mayUndoRoles(
  rollout: Roles & Pick<Rollout, "partition">,
  account: { readonly id: string },
): string[] {
  const names = new AccountNames(rollout.partition, account.id);
  return mayUndoRoleNames(rollout).map((name) => names.roleArn(name));
}

/** Whether the account has a drill: in the other modes, nobody is denied anything. */
export function hasDrill({ drill }: Pick<Rollout, "drill">, { mode }: Pick<Account, "mode">): boolean {
  return drill.everyHours > 0 && mode === "enforce";
}

/** Whether the account has a sweep: nothing runs in the mode `off`. */
export function hasSweep({ sweep }: Pick<Rollout, "sweep">, { mode }: Pick<Account, "mode">): boolean {
  return sweep.everyMinutes > 0 && mode !== "off";
}

/**
 * Who may undo a quarantine in the account. The simulation and the drill take it off users of their own to
 * delete them.
 */
export function mayUndo(
  rollout: Roles & OwnRoles & Pick<Rollout, "drill">,
  account: Pick<Account, "id" | "attackSimulation" | "mode">,
): MayUndo[] {
  const names = new AccountNames(rollout.partition, account.id, rollout);
  const simulation = { arn: names.ownRoleArn(NAMES.simulation), path: SIMULATION_PATH };
  const drill = { arn: names.ownRoleArn(NAMES.drill), path: DRILL_PATH };
  return [
    ...mayUndoRoles(rollout, account).map((arn) => ({ arn })),
    ...(account.attackSimulation ? [simulation] : []),
    ...(hasDrill(rollout, account) ? [drill] : []),
  ];
}

/**
 * ARN of the role that Terraform, and every look into an account, assumes there.
 *
 * @returns Undefined for the management account without a role: its stack is deployed with the credentials of
 * the caller, since Organizations makes no role there.
 */
export function deploymentRoleArn(
  rollout: Pick<Rollout, "partition" | "deploymentRole" | "managementAccount" | "assumedRole">,
  accountId: string,
): string | undefined {
  const { managementAccount, deploymentRole } = rollout;
  const configured = accountId === managementAccount?.id ? managementAccount.deploymentRole : deploymentRole;
  const name = rollout.assumedRole ?? configured;
  return name === undefined ? undefined : new AccountNames(rollout.partition, accountId).roleArn(name);
}
