import { WEBHOOK_DETAIL_TYPE, WEBHOOK_SOURCE } from "../../functions/contract";
import { NAMES, type AccountNames } from "../names";
import { policyDocument, type PolicyDocument, type Statement } from "./document";
import { functionRole } from "./function-role";

/**
 * The notifier's permissions: to publish to the security account's topic, for which it uses the topic's key,
 * and to read the audit log. With the same role, Lambda sends failed events to the dead-letter queue.
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
    ...functionRole(names, NAMES.notifier),
  );
}

/** Permissions of the Security Hub channel's function: to import findings of the account's own product. */
export function securityHubPolicy(names: AccountNames): PolicyDocument {
  return policyDocument(
    {
      Sid: "ImportFinding",
      Effect: "Allow",
      Action: "securityhub:BatchImportFindings",
      Resource: names.ownProductArn,
    },
    keepFailedEvents(names),
    ...functionRole(names, NAMES.securityHubNotifier),
  );
}

/**
 * Permissions of the chat channel's function: to publish to the topic that the chat service is subscribed to.
 */
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
    ...functionRole(names, NAMES.chatNotifier),
  );
}

/**
 * Permissions of the webhook channel's function: to put its own events, and no others, on the default bus.
 */
export function webhookPolicy(names: AccountNames): PolicyDocument {
  return policyDocument(
    {
      Sid: "PutWebhookEvents",
      Effect: "Allow",
      Action: "events:PutEvents",
      Resource: names.defaultBusArn,
      Condition: {
        // ForAllValues is also true of a request without the keys, hence the Null conditions.
        "ForAllValues:StringEquals": {
          "events:source": WEBHOOK_SOURCE,
          "events:detail-type": WEBHOOK_DETAIL_TYPE,
        },
        Null: { "events:source": "false", "events:detail-type": "false" },
      },
    },
    readAuditLog(names),
    keepFailedEvents(names),
    ...functionRole(names, NAMES.webhookNotifier),
  );
}

/** Permissions of EventBridge to deliver webhooks. @param destinationArns ARNs of the API destinations. */
export function webhookDeliveryPolicy(destinationArns: readonly string[]): PolicyDocument {
  return policyDocument({
    Sid: "InvokeApiDestinations",
    Effect: "Allow",
    Action: "events:InvokeApiDestination",
    Resource: destinationArns,
  });
}

/** A caller's refusals are mailed once an hour: the audit log shows which one was the first. */
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
