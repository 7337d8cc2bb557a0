import type { AccountNames } from "../names";
import { policyDocument, type PolicyDocument } from "./document";

/** Trust policy of a function's role. */
export const LAMBDA_TRUST: PolicyDocument = policyDocument({
  Sid: "LambdaAssumes",
  Effect: "Allow",
  Principal: { Service: "lambda.amazonaws.com" },
  Action: "sts:AssumeRole",
});

/**
 * Trust policy of a role that EventBridge uses for the targets of these rules only, and of this account only.
 */
export function eventsTrust(names: AccountNames, rules: readonly string[]): PolicyDocument {
  return policyDocument({
    Sid: "EventBridgeAssumes",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sts:AssumeRole",
    Condition: {
      StringEquals: { "aws:SourceAccount": names.accountId },
      ArnEquals: { "aws:SourceArn": rules.map((rule) => names.ruleArn(rule)) },
    },
  });
}
