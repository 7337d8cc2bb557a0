import { NAMES, type AccountNames } from "../names";
import { policyDocument, type PolicyDocument } from "./document";

/**
 * Policy of the central bus: only the forwarding roles of this organization's accounts may put events. The
 * condition on the organization excludes other AWS accounts; the condition on the role's name prevents other
 * principals of the organization from forging outcomes.
 */
export function securityBusPolicy(names: AccountNames, organizationId: string): PolicyDocument {
  return policyDocument({
    Sid: "OrganizationForwards",
    Effect: "Allow",
    Principal: "*",
    Action: "events:PutEvents",
    Resource: names.securityBusArn,
    Condition: {
      StringEquals: { "aws:PrincipalOrgID": organizationId },
      ArnLike: { "aws:PrincipalArn": names.inAnyAccount().ownRolePattern(NAMES.forwardingRole) },
    },
  });
}

/** The forwarding role's permission: to put events on the central bus. */
export function forwardingPolicy(security: AccountNames): PolicyDocument {
  return policyDocument({
    Sid: "ForwardToSecurityAccount",
    Effect: "Allow",
    Action: "events:PutEvents",
    Resource: security.securityBusArn,
  });
}

/** Lets EventBridge write the audit log (EventBridge guide, "CloudWatch Logs permissions"). */
export function auditLogPolicy(names: AccountNames): PolicyDocument {
  const streams = `${names.logGroupArn(NAMES.auditLog)}:*`;
  const writers = { Service: ["events.amazonaws.com", "delivery.logs.amazonaws.com"] };
  return policyDocument(
    {
      Sid: "EventBridgeCreatesStreams",
      Effect: "Allow",
      Principal: writers,
      Action: "logs:CreateLogStream",
      Resource: streams,
    },
    {
      Sid: "EventBridgeWrites",
      Effect: "Allow",
      Principal: writers,
      Action: "logs:PutLogEvents",
      Resource: streams,
      Condition: {
        ArnEquals: {
          "aws:SourceArn": [
            names.ruleArn(NAMES.auditRule, NAMES.bus),
            names.ruleArn(NAMES.ownChangeRule),
            names.ruleArn(NAMES.ownOtherChangeRule),
            names.ruleArn(NAMES.ownRefusalRule),
          ],
        },
      },
    },
  );
}
