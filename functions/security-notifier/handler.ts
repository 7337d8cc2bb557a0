import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { Context } from "aws-lambda";
import { DRILL_NAME, RESPONDER_NAME } from "../contract";
import { createSnsClient } from "../shared/alert/sns-client";
import { createLog, type Log } from "../shared/log";
import { mailChannel } from "./channels/mail";
import { DrillWatch } from "./drill-watch";
import { notify, type Dependencies } from "./notify";
import { readSettings } from "./settings";
import { ToldRefusals } from "./told-refusals";

const sns = createSnsClient();
const logs = new CloudWatchLogsClient({ maxAttempts: 2 });

/** What one environment of the function remembers between its invocations. */
let refusals: ToldRefusals | undefined;

/** Entry of the function `security-notifier`, invoked asynchronously by rules of both buses. */
export async function handler(event: unknown, context: Context): Promise<void> {
  const log = createLog((line) => process.stdout.write(line), { requestId: context.awsRequestId });
  try {
    await notify(event, dependencies(log), { remaining: () => context.getRemainingTimeInMillis() });
  } catch (error) {
    log.error("The event was not passed on", { error: String(error) });
    throw error;
  }
}

function dependencies(log: Log): Dependencies {
  const settings = readSettings(process.env);
  const { partition, deploymentRole, auditLog } = settings;
  const roleIn = (accountId: string, role: string) => `arn:${partition}:iam::${accountId}:role/${role}`;
  refusals ??= new ToldRefusals({ logs, auditLog, clock: Date.now });
  return {
    channels: [mailChannel(settings, sns, Date.now)],
    refusals,
    watch: new DrillWatch({
      ...{ logs, auditLog, clock: Date.now, print: (line) => process.stdout.write(line) },
      securityAccountId: settings.accountId,
      drillRoleOf: (accountId) => roleIn(accountId, DRILL_NAME),
      deploymentRoleOf: (accountId) => roleIn(accountId, deploymentRole),
    }),
    ownRolesOf: (accountId) =>
      [deploymentRole, RESPONDER_NAME, DRILL_NAME].map((role) => roleIn(accountId, role)),
    log,
  };
}
