import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { readDrillFact, type DrillFact, type FactRoles } from "../../functions/security-notifier/drill-facts";
import { readAuditLog, type AuditQuery } from "../../functions/security-notifier/read-audit-log";
import { errorText } from "../../functions/shared/aws-error";
import { Deadline } from "../../functions/shared/deadline";
import { deploymentRoleArn } from "../../stacks/config/roles";
import type { Rollout } from "../../stacks/config/rollout";
import { AccountNames, NAMES } from "../../stacks/names";
import { clientSettings, roleCredentials } from "../aws/role-session";
import { CommandError } from "../errors";

/** What the audit log of the security account contains about drills. */
export interface DrillLog {
  /**
   * @param withinMs When to give up, in milliseconds.
   * @throws CommandError when the audit log cannot be read within this time.
   */
  readonly factsOf: (query: AuditQuery, withinMs: number) => Promise<DrillFact[]>;
  readonly close: () => void;
}

/** Opens the audit log with the deployment role of the security account. */
export async function openDrillLog(rollout: Rollout, sessionName: string): Promise<DrillLog> {
  const { partition, securityAccount, deploymentRole } = rollout;
  const names = (accountId: string) => new AccountNames(partition, accountId, rollout);
  const settings = clientSettings(names(securityAccount.id).region);
  const roleArn = deploymentRoleArn(rollout, securityAccount.id);
  const credentials = await roleCredentials({ roleArn, sessionName }, settings);
  const logs = new CloudWatchLogsClient({ ...settings, credentials });
  const roles: FactRoles = {
    securityAccountId: securityAccount.id,
    deploymentRoleOf: (accountId) => names(accountId).roleArn(deploymentRole),
  };
  return {
    close: () => logs.destroy(),
    factsOf: async (query, withinMs) => {
      const facts: DrillFact[] = [];
      const deadline = new Deadline(Date.now, Date.now() + withinMs);
      try {
        for await (const page of readAuditLog({ logs, auditLog: NAMES.auditLog }, query, deadline)) {
          facts.push(...page.flatMap((entry) => readDrillFact(entry, roles) ?? []));
        }
      } catch (cause) {
        throw new CommandError(
          `${securityAccount.id}: the audit log could not be read as ${roleArn}: ${errorText(cause)}`,
          { cause },
        );
      }
      return facts;
    },
  };
}
