import type { AwsRequest } from "../exchange/messages";
import { callerName, type Principal } from "../exchange/principal";
import { serviceError } from "../exchange/service-errors";
import { AwsError } from "../shared/errors";
import type { Decision } from "./evaluate-policies";
import type { Permission } from "./permissions/permission";

/**
 * The error for a request without permission, worded as in
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html with the ARN of the
 * denying policy
 * (https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns).
 */
export function accessDenied(
  request: Pick<AwsRequest, "service" | "protocol">,
  principal: Principal,
  permission: Permission,
  decision: Extract<Decision, { allowed: false }>,
): AwsError {
  const text = `User: ${callerName(principal)} is not authorized to perform: ${permission.action} on resource: ${permission.resourceArn} ${reasonOf(permission, decision)}`;
  if (permission.via !== undefined && permission.action.startsWith("kms:")) {
    return new AwsError("KMSAccessDenied", `The caller does not have access to the KMS key: ${text}`, 400);
  }
  const { code, status } = serviceError("access denied", request);
  return new AwsError(code, text, status);
}

function reasonOf(
  { action }: Permission,
  { kind, explicit, policy }: Extract<Decision, { allowed: false }>,
): string {
  if (!explicit) {
    return `because no ${kind} allows the ${action} action`;
  }
  const article = /^[aeiou]/.test(kind) ? "an" : "a";
  const named = policy?.startsWith("arn:") === true ? `: ${policy}` : "";
  return `with an explicit deny in ${article} ${kind}${named}`;
}
