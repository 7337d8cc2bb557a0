import { ALARM_PREFIX, NAMES, SECURITY_ALARM_PREFIX } from "../../stacks/names";
import type { Place, StackBlock } from "./stack-block";

/** By type of resource. */
const ARNS: Readonly<Record<string, (block: StackBlock) => string>> = {
  aws_cloudwatch_dashboard: (block) => block.names.dashboardArn(block.text("dashboard_name")),
  aws_cloudwatch_event_api_destination: (block) => block.names.apiDestinationArn(family(block.text("name"))),
  aws_cloudwatch_event_archive: (block) => block.names.archiveArn(block.text("name")),
  aws_cloudwatch_event_bus: (block) => block.names.busArn(block.text("name")),
  aws_cloudwatch_event_rule: (block) =>
    block.names.ruleArn(family(block.text("name")), block.optional("event_bus_name")),
  aws_cloudwatch_log_group: (block) => block.names.logGroupArn(block.text("name")),
  aws_cloudwatch_metric_alarm: (block) => block.names.alarmArn(alarmFamily(block.text("alarm_name"))),
  aws_iam_policy: (block) => block.names.policyArn(pathAndName(block)),
  aws_iam_role: (block) => block.names.roleArn(pathAndName(block)),
  aws_kms_alias: (block) => block.names.kmsArn(block.text("name")),
  // AWS chooses its id.
  aws_kms_key: (block) => block.names.kmsArn("key/*"),
  aws_lambda_function: (block) => block.names.functionArn(block.text("function_name")),
  aws_organizations_policy: ({ place }) => organizationArn(place, "policy", "service_control_policy/*"),
  aws_sns_topic: (block) => block.names.topicArnOf(block.text("name")),
  aws_sqs_queue: (block) => block.names.queueArn(block.text("name")),
};

/**
 * The ARN of a resource of a stack. It is a pattern if AWS chooses the id, or if the configuration or the
 * release decides the number: an upgrade deletes alarms of the previous release.
 *
 * @throws Error for a type of resource that has no entry.
 */
export function arnOf(block: StackBlock): string {
  const arn = ARNS[block.type];
  if (arn === undefined) {
    throw new Error(`cli/policies/resource-arn.ts: expected an entry for ${block.type}`);
  }
  return arn(block);
}

/** The target of a policy attachment. */
export function policyTargetArn(attachment: StackBlock): string {
  return guardTargetArn(attachment.place, attachment.text("target_id"));
}

/**
 * The guard's target, by its id. A pattern for all accounts, since accounts are added over time and a policy
 * has no room for a thousand.
 */
export function guardTargetArn(place: Place, targetId: string): string {
  return targetId.startsWith("ou-")
    ? organizationArn(place, "ou", targetId)
    : organizationArn(place, "account", "*");
}

/**
 * A resource of the organization. The account in its ARN is the organization's management account, which need
 * not be the account of the guard's stack. The organization's id is sufficient.
 */
export function organizationArn(
  { names: { partition }, organizationId }: Place,
  kind: "account" | "ou" | "policy" | "root",
  resource: string,
): string {
  return `arn:${partition}:organizations::*:${kind}/${organizationId}/${resource}`;
}

/** Rules and API destinations whose number depends on the configuration. */
function family(name: string): string {
  const beginnings = [`${NAMES.webhooks}-`, `${NAMES.silenceRules}-`];
  const found = beginnings.find((beginning) => name.startsWith(beginning));
  return found === undefined ? name : `${found}*`;
}

function alarmFamily(name: string): string {
  const found = [ALARM_PREFIX, SECURITY_ALARM_PREFIX].find((prefix) => name.startsWith(prefix));
  return found === undefined ? name : `${found}*`;
}

function pathAndName(block: StackBlock): string {
  return `${(block.optional("path") ?? "/").slice(1)}${block.text("name")}`;
}
