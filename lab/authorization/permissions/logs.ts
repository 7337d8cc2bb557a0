import { actionFacts } from "./action-facts";
import { onArn, optionalText, regionalArn, textOf, type Asked, type Permission } from "./permission";

/**
 * Permissions of CloudWatch Logs requests. Policies name a log group with `:*` behind it for all actions but
 * those on tags, which is what its streams match:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
 */
export async function logsPermissions(asked: Asked): Promise<readonly Permission[]> {
  const action = `logs:${asked.request.action}`;
  const arn = optionalText(asked, "resourceArn", "logGroupIdentifier");
  if (arn !== undefined) {
    return [onArn(asked, action, arn.replace(/:\*$/, ""))];
  }
  const group = regionalArn(asked, "logs", `log-group:${textOf(asked, "logGroupName")}`);
  const kinds = (await actionFacts(action))?.resourceTypes ?? [];
  if (kinds.includes("log-stream")) {
    return [onArn(asked, action, `${group}:log-stream:${optionalText(asked, "logStreamName") ?? ""}`)];
  }
  return [onArn(asked, action, /Tag/.test(action) ? group : `${group}:log-stream:`)];
}
