import { eventTime } from "../exchange/bus-event";
import type { Principal } from "../exchange/principal";

/**
 * The element `userIdentity`:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function userIdentity(principal: Principal): Record<string, unknown> {
  if (principal.type === "AWSService") {
    return { type: "AWSService", invokedBy: principal.service };
  }
  const common = {
    type: principal.type,
    principalId: principal.principalId,
    arn: principal.arn,
    accountId: principal.accountId,
    accessKeyId: principal.accessKeyId,
  };
  switch (principal.type) {
    case "Root":
      return common;
    case "IAMUser":
      return { ...common, userName: principal.userName };
    case "AssumedRole":
      return {
        ...common,
        sessionContext: {
          sessionIssuer: {
            type: "Role",
            principalId: principal.roleId,
            arn: principal.roleArn,
            accountId: principal.accountId,
            userName: principal.roleName,
          },
          attributes: { creationDate: eventTime(principal.createdAt), mfaAuthenticated: "false" },
          ...(principal.sourceIdentity !== undefined && { sourceIdentity: principal.sourceIdentity }),
        },
      };
  }
}
