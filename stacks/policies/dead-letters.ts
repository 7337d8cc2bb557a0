import { policyDocument, type PolicyDocument } from "./document";

/** Policy of a dead-letter queue: TLS only, and of the services only EventBridge for these rules. */
export function deadLetterPolicy(queueArn: string, ruleArns: readonly string[]): PolicyDocument {
  return policyDocument(
    {
      Sid: "RulesSend",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: queueArn,
      Condition: { ArnEquals: { "aws:SourceArn": ruleArns } },
    },
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:*",
      Resource: queueArn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  );
}
