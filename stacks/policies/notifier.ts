import { WEBHOOK_DETAIL_TYPE, WEBHOOK_SOURCE } from "../../functions/contract";
import { NAMES, type AccountNames } from "../names";
import { policyDocument, type PolicyDocument, type Statement } from "./document";
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
    readAuditLog(names),
    keepFailedEvents(names),
    writeLogs(names, NAMES.notifier),
  );
}

/** What the function of Security Hub's channel may do: import findings of the account's own product. */
export function securityHubPolicy(names: AccountNames): PolicyDocument {
  return policyDocument(
    {
      Sid: "ImportFinding",
      Effect: "Allow",
      Action: "securityhub:BatchImportFindings",
      Resource: names.ownProductArn,
    },
    keepFailedEvents(names),
    writeLogs(names, NAMES.securityHubNotifier),
  );
}

/** What the function of the chat channel may do: publish to the topic that a chat service reads. */
export function chatPolicy(names: AccountNames): PolicyDocument {
  return policyDocument(
    {
      Sid: "PublishNotification",
      Effect: "Allow",
      Action: "sns:Publish",
      Resource: names.topicArnOf(NAMES.chatTopic),
    },
    readAuditLog(names),
    keepFailedEvents(names),
    writeLogs(names, NAMES.chatNotifier),
  );
}

/** What the function of the webhook channel may do: put its own events, and no others, on the default bus. */
export function webhookPolicy(names: AccountNames): PolicyDocument {
  return policyDocument(
    {
      Sid: "PutWebhookEvents",
      Effect: "Allow",
      Action: "events:PutEvents",
      Resource: names.defaultBusArn,
      Condition: {
        // The keys may have several values, and "for all" holds for none as well.
        "ForAllValues:StringEquals": {
          "events:source": WEBHOOK_SOURCE,
          "events:detail-type": WEBHOOK_DETAIL_TYPE,
        },
        Null: { "events:source": "false", "events:detail-type": "false" },
      },
    },
    readAuditLog(names),
    keepFailedEvents(names),
    writeLogs(names, NAMES.webhookNotifier),
  );
}

/** What EventBridge may do to deliver webhooks. @param destinationArns ARNs of the API destinations. */
export function webhookDeliveryPolicy(destinationArns: readonly string[]): PolicyDocument {
  return policyDocument({
    Sid: "InvokeApiDestinations",
    Effect: "Allow",
    Action: "events:InvokeApiDestination",
    Resource: destinationArns,
  });
}

/** Of a caller's refusals, people are told once an hour: which one it was is in the audit log. */
function readAuditLog(names: AccountNames): Statement {
  return {
    Sid: "ReadAuditLog",
    Effect: "Allow",
    Action: "logs:FilterLogEvents",
    Resource: `${names.logGroupArn(NAMES.auditLog)}:*`,
  };
}

function keepFailedEvents(names: AccountNames): Statement {
  return {
    Sid: "KeepFailedEvents",
    Effect: "Allow",
    Action: "sqs:SendMessage",
    Resource: names.queueArn(NAMES.securityDeadLetters),
  };
}

/**
 * SNS as `kms:ViaService` names it. The documentation for China gives no example, so both DNS suffixes are
 * named.
 */
function viaSns(region: string): string[] {
  const service = `sns.${region}.amazonaws.com`;
  return region.startsWith("cn-") ? [service, `${service}.cn`] : [service];
}
