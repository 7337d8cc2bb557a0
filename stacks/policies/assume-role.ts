import type { AccountNames } from "../names";
import { policyDocument, type PolicyDocument } from "./document";

/** Lets Lambda assume a function's role. IAM calls such a policy a trust policy. */
export const LAMBDA_ASSUMES_ROLE: PolicyDocument = policyDocument({
  Sid: "LambdaAssumes",
  Effect: "Allow",
  Principal: { Service: "lambda.amazonaws.com" },
  Action: "sts:AssumeRole",
});

/**
 * Lets EventBridge assume a role for the targets of these rules only, and of this account only.
 */
export function eventBridgeAssumesRole(names: AccountNames, rules: readonly string[]): PolicyDocument {
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
