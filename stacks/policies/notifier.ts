import { NAMES, type AccountNames } from "../names";
import { policyDocument, type PolicyDocument } from "./document";
import { writeLogs } from "./function-logs";

/**
 * What the notifier may do: publish to the security account's topic, for which it uses the topic's key, and
 * look in the audit log for what it mailed before. Under the same role, Lambda keeps events that failed.
 *
 * @param topicKeyArn ARN of the key that encrypts the topic.
 */
export function notifierPolicy(names: AccountNames, topicKeyArn: string): PolicyDocument {
  return policyDocument(
    { Sid: "PublishAlert", Effect: "Allow", Action: "sns:Publish", Resource: names.topicArn },
    {
      Sid: "EncryptAlert",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: topicKeyArn,
      Condition: { StringEquals: { "kms:ViaService": viaSns(names.region) } },
    },
    {
      Sid: "ReadAuditLog",
      Effect: "Allow",
      Action: "logs:FilterLogEvents",
      Resource: `${names.logGroupArn(NAMES.auditLog)}:*`,
    },
    {
      Sid: "KeepFailedEvents",
      Effect: "Allow",
      Action: "sqs:SendMessage",
      Resource: names.queueArn(NAMES.securityDeadLetters),
    },
    writeLogs(names, NAMES.notifier),
  );
}

/**
 * SNS as `kms:ViaService` names it. The documentation for China gives no example, so both DNS suffixes are
 * named.
 */
function viaSns(region: string): string[] {
  const service = `sns.${region}.amazonaws.com`;
  return region.startsWith("cn-") ? [service, `${service}.cn`] : [service];
}
