import { AwsError } from "../errors";
import type { Principal } from "../gateway/principal";
import type { Decision } from "./decide";
import type { Permission } from "./permissions/permission";

/** What a service answers when the caller may not. Services without an entry answer AccessDenied with 403. */
const ANSWERS: Readonly<Record<string, { readonly code: string; readonly status: number }>> = {
  events: { code: "AccessDeniedException", status: 400 },
  kms: { code: "AccessDeniedException", status: 400 },
  lambda: { code: "AccessDeniedException", status: 403 },
  logs: { code: "AccessDeniedException", status: 400 },
  organizations: { code: "AccessDeniedException", status: 400 },
  sns: { code: "AuthorizationError", status: 403 },
};

/**
 * The refusal of a request, in the words of
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html with the ARN of the denying policy
 * (https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns).
 */
export function accessDenied(
  service: string,
  principal: Principal,
  permission: Permission,
  decision: Extract<Decision, { allowed: false }>,
): AwsError {
  const text = `${callerOf(principal)} is not authorized to perform: ${permission.action} on resource: ${permission.resourceArn} ${groundOf(permission, decision)}`;
  if (permission.via !== undefined && permission.action.startsWith("kms:")) {
    return new AwsError("KMSAccessDenied", `The caller does not have access to the KMS key: ${text}`, 400);
  }
  const { code, status } = ANSWERS[service] ?? { code: "AccessDenied", status: 403 };
  return new AwsError(code, text, status);
}

function callerOf(principal: Principal): string {
  return `User: ${principal.type === "AWSService" ? principal.service : principal.arn}`;
}

function groundOf(
  { action }: Permission,
  { kind, explicit, policy }: Extract<Decision, { allowed: false }>,
): string {
  if (!explicit) return `because no ${kind} allows the ${action} action`;
  const article = /^[aeiou]/.test(kind) ? "an" : "a";
  const named = policy?.startsWith("arn:") === true ? `: ${policy}` : "";
  return `with an explicit deny in ${article} ${kind}${named}`;
}
