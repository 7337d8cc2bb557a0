import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SecurityHubClient } from "@aws-sdk/client-securityhub";
import type { Context } from "aws-lambda";
import { DRILL_NAME, RESPONDER_NAME } from "../contract";
import { createSnsClient } from "../shared/alert/sns-client";
import { createLog, type Log } from "../shared/log";
import type { Channel } from "./channel";
import { chatChannel } from "./channels/chat";
import { mailChannel } from "./channels/mail";
import { securityHubChannel } from "./channels/security-hub";
import { webhookChannel } from "./channels/webhook";
import { notify, type Dependencies } from "./notify";
import { ReportedRefusals } from "./reported-refusals";
import { readSettings, type Settings } from "./settings";
import { SilenceWatch } from "./silence-watch";

const sns = createSnsClient();
const logs = new CloudWatchLogsClient({ maxAttempts: 2 });

/** A hung request is given up and tried again; how often is bounded by the time that is left for it. */
const TIMEOUTS = { connectionTimeout: 1_500, requestTimeout: 5_000, throwOnRequestTimeout: true };
const CLIENT = { maxAttempts: 4, requestHandler: TIMEOUTS };

/** What one environment of the function keeps between its invocations. */
let refusals: ReportedRefusals | undefined;
let hub: SecurityHubClient | undefined;
let events: EventBridgeClient | undefined;

/**
 * Entry of the function `security-notifier`, and of one for each further channel, invoked asynchronously by
 * rules of both buses.
 */
export async function handler(event: unknown, context: Context): Promise<void> {
  const log = createLog((line) => process.stdout.write(line), { requestId: context.awsRequestId });
  try {
    await notify(event, dependencies(log), { remaining: () => context.getRemainingTimeInMillis() });
  } catch (error) {
    log.error("The event was not passed on", { error: String(error) });
    throw error;
  }
}

/** The channel of this function: mail, unless its environment has the settings of another one. */
function channelOf(settings: Settings): Channel {
  const { channel } = settings;
  switch (channel?.channel) {
    case undefined:
      return mailChannel(settings, sns, Date.now);
    case "security-hub":
      hub ??= new SecurityHubClient(CLIENT);
      return securityHubChannel(channel, settings, { hub, clock: Date.now });
    case "chat":
      return chatChannel(channel, settings, { sns, clock: Date.now });
    case "webhook":
      events ??= new EventBridgeClient(CLIENT);
      return webhookChannel(channel, settings, { events, clock: Date.now });
  }
}

function dependencies(log: Log): Dependencies {
  const settings = readSettings(process.env);
  const { partition, deploymentRole, rolePath, auditLog } = settings;
  const roleIn = (accountId: string, role: string) => `arn:${partition}:iam::${accountId}:role/${role}`;
  const ownRole = (role: string) => `${rolePath.slice(1)}${role}`;
  refusals ??= new ReportedRefusals({ logs, auditLog, clock: Date.now });
  return {
    channel: channelOf(settings),
    refusals,
    watch: new SilenceWatch({
      ...{ logs, auditLog, clock: Date.now, print: (line) => process.stdout.write(line) },
      securityAccountId: settings.accountId,
      deploymentRoleOf: (accountId) => roleIn(accountId, deploymentRole),
    }),
    ownRolesOf: (accountId) =>
      [deploymentRole, ownRole(RESPONDER_NAME), ownRole(DRILL_NAME)].map((role) => roleIn(accountId, role)),
    log,
  };
}
