import { actionFacts } from "./action-facts";
import {
  onArn,
  optionalText,
  regionalArn,
  textOf,
  type PermissionInput,
  type Permission,
} from "./permission";

/**
 * Permissions of CloudWatch Logs requests. For all actions except those on tags, policies name a log group
 * with `:*` behind it, which matches its streams:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
 */
export async function logsPermissions(input: PermissionInput): Promise<readonly Permission[]> {
  const action = `logs:${input.request.action}`;
  const arn = optionalText(input, "resourceArn", "logGroupIdentifier");
  if (arn !== undefined) {
    return [onArn(input, action, arn.replace(/:\*$/, ""))];
  }
  const group = regionalArn(input, "logs", `log-group:${textOf(input, "logGroupName")}`);
  const kinds = (await actionFacts(action))?.resourceTypes ?? [];
  if (kinds.includes("log-stream")) {
    return [onArn(input, action, `${group}:log-stream:${optionalText(input, "logStreamName") ?? ""}`)];
  }
  return [onArn(input, action, /[Tt]ag/.test(action) ? group : `${group}:log-stream:`)];
}
