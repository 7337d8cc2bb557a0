import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DRILL_NAME } from "../../functions/contract";
import { readDrillFact, type DrillFact, type FactRoles } from "../../functions/security-notifier/drill-facts";
import { readAuditLog } from "../../functions/security-notifier/read-audit-log";
import { errorText } from "../../functions/shared/aws-error";
import { Deadline } from "../../functions/shared/deadline";
import { deploymentRoleArn } from "../../stacks/config/roles";
import type { Rollout } from "../../stacks/config/rollout";
import { AccountNames, NAMES } from "../../stacks/names";
import { clientSettings, roleCredentials } from "../aws/role-session";

/** How long the response to a drill is waited for in the audit log, and how often it is looked for. */
const TIMING_MS = { wait: 90_000, pause: 5_000, look: 20_000 } as const;

/** A drill whose response should be in the audit log. */
export interface AuditedDrill {
  readonly accountId: string;
  readonly userName: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export interface Audited {
  /**
   * From the creation of the drill's user, by CloudTrail, to the responder's outcome in the audit log;
   * undefined when it has not come in time, or the audit log cannot be read.
   */
  readonly secondsTo: (drill: AuditedDrill) => Promise<number | undefined>;
  readonly close: () => void;
}

/**
 * The audit log of the security account, read with the deployment role.
 *
 * @param onUnreadable Is told once why it cannot be read. No drill depends on it.
 */
export async function openAuditLog(
  rollout: Rollout,
  onUnreadable: (why: string) => void,
  sleep: (ms: number) => Promise<unknown>,
): Promise<Audited> {
  const { partition, securityAccount, deploymentRole } = rollout;
  const names = (accountId: string) => new AccountNames(partition, accountId);
  const settings = clientSettings(names(securityAccount.id).region);
  const roleArn = deploymentRoleArn(rollout, securityAccount.id);
  const credentials = await roleCredentials({ roleArn, sessionName: "quarantine-drill" }, settings);
  const logs = new CloudWatchLogsClient({ ...settings, credentials });
  const roles: FactRoles = {
    securityAccountId: securityAccount.id,
    drillRoleOf: (accountId) => names(accountId).roleArn(DRILL_NAME),
    deploymentRoleOf: (accountId) => names(accountId).roleArn(deploymentRole),
  };
  let isUnreadable = false;

  const factsOf = async ({ accountId, userName, startedAt }: AuditedDrill): Promise<DrillFact[]> => {
    const query = {
      // CloudTrail's clock has seconds.
      startTime: startedAt - 60_000,
      // The name is one that IAM allows: no quotes.
      filterPattern: `{ ($.account = "${accountId}") && (($.detail.responsePayload.userName = "${userName}") || ($.detail.requestParameters.userName = "${userName}")) }`,
    };
    const facts: DrillFact[] = [];
    const deadline = new Deadline(Date.now, Date.now() + TIMING_MS.look);
    for await (const page of readAuditLog({ logs, auditLog: NAMES.auditLog }, query, deadline)) {
      facts.push(...page.flatMap((entry) => readDrillFact(entry, roles) ?? []));
    }
    return facts.filter((fact) => "userName" in fact && fact.userName === userName);
  };

  return {
    close: () => logs.destroy(),
    secondsTo: async (drill) => {
      for (let waited = 0; waited <= TIMING_MS.wait && !isUnreadable; waited += TIMING_MS.pause) {
        try {
          const seconds = secondsIn(await factsOf(drill), drill.accountId);
          if (seconds !== undefined) {
            return seconds;
          }
        } catch (error) {
          if (!isUnreadable) {
            onUnreadable(
              `${securityAccount.id}: the audit log could not be read as ${roleArn}: ${errorText(error)}`,
            );
          }
          isUnreadable = true;
          break;
        }
        await sleep(TIMING_MS.pause);
      }
      return undefined;
    },
  };
}

function secondsIn(facts: readonly DrillFact[], accountId: string): number | undefined {
  const of = (kind: "creation" | "response") =>
    facts.flatMap((fact) => (fact.kind === kind && fact.account === accountId ? [fact.at] : []))[0];
  const created = of("creation");
  const heard = of("response");
  return created === undefined || heard === undefined ? undefined : (heard - created) / 1_000;
}
