import { errorText } from "../../functions/shared/aws-error";
import { ConfigError } from "../../stacks/config/errors";
import { readRolloutText } from "../../stacks/config/load";
import type { Rollout } from "../../stacks/config/rollout";
import { clientSettings, roleCredentials } from "../aws/role-session";
import { CommandError, UsageError } from "../errors";
import type { Shell } from "../shell";
import { isSamePerson, operatorOf, sourceIdentityOf } from "./operator";

/** The people who act, from the command line. */
export interface OperatorOptions {
  /** @default - the caller of sts:GetCallerIdentity */
  readonly operator?: string;
  /** @default - nobody has to approve it */
  readonly approvedBy?: string;
}

/**
 * Name and path of the role to assume.
 *
 * @param option The option that names the role.
 * @throws ConfigError when there is no such role, UsageError when `role` is not one of the configured roles.
 */
export function breakGlassRole(
  shell: Shell,
  { guard }: Rollout,
  role: string | undefined,
  option = "--role",
): string {
  const roles = guard.breakGlassRoles;
  const [first] = roles;
  if (first === undefined) {
    throw new ConfigError(readRolloutText(shell.env, shell.cwd).name, [
      {
        path: "guard.breakGlassRoles",
        expected: "at least one role that may release users and pause the quarantine",
        found: "none",
        hint: "name a role that exists in every account, such as security/QuarantineBreakGlass, and deploy the accounts: docs/guard.md",
      },
    ]);
  }
  if (role !== undefined && !roles.includes(role)) {
    throw new UsageError(`${option} ${role}: expected one of guard.breakGlassRoles: ${roles.join(", ")}`);
  }
  return role ?? first;
}

/**
 * The operator's source identity.
 *
 * @param description The action that two people do together, such as `release a user`.
 * @throws UsageError when nobody is named, or when the approver is the operator or the caller.
 */
export async function operatorFor(
  region: string,
  { operator, approvedBy }: OperatorOptions,
  description: string,
): Promise<string> {
  const callerArn = await callerIdentity(region);
  const caller = operatorOf(callerArn);
  const who = operator === undefined ? caller : sourceIdentityOf(operator);
  if (who === undefined) {
    throw new UsageError(
      operator === undefined
        ? `${callerArn} does not say who the operator is: add --operator`
        : `--operator ${operator}: expected at least two letters or digits; others than +=,.@-_ are replaced`,
    );
  }
  const isApprover = (each: string): boolean => approvedBy !== undefined && isSamePerson(each, approvedBy);
  if ([who, caller ?? "", callerArn].some(isApprover)) {
    throw new UsageError(
      `--approved-by ${approvedBy}: expected somebody else than the operator (${who}, as ${callerArn}): two people ${description}`,
    );
  }
  return who;
}

async function callerIdentity(region: string): Promise<string> {
  const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
  const settings = clientSettings(region);
  const credentials = await roleCredentials({ roleArn: undefined, sessionName: "" }, settings);
  const sts = new STSClient({ ...settings, credentials });
  try {
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    return Arn ?? "";
  } catch (cause) {
    throw new CommandError(`AWS did not say who the caller is (sts:GetCallerIdentity): ${errorText(cause)}`, {
      cause,
    });
  } finally {
    sts.destroy();
  }
}

const ASSUMING_NEEDS =
  "The role's trust policy must allow sts:AssumeRole and sts:SetSourceIdentity to the caller, and so must the " +
  "caller's own policies. A session that has a source identity already cannot change it: name that one with --operator.";

/**
 * Credentials of a session of a break-glass role, with the operator as its source identity.
 *
 * @throws CommandError when the role cannot be assumed: one line with the reason, one with what the role
 * needs.
 */
export async function breakGlassCredentials(roleArn: string, operator: string, region: string) {
  const session = { roleArn, sessionName: operator, sourceIdentity: operator };
  const provider = await roleCredentials(session, clientSettings(region));
  try {
    return await provider();
  } catch (cause) {
    throw new CommandError(
      `${roleArn} could not be assumed with the source identity ${operator}: ${errorText(cause)}\n${ASSUMING_NEEDS}`,
      { cause },
    );
  }
}
