import { NAMES, type AccountNames } from "../names";
import { policyDocument, type PolicyDocument, type Statement } from "./document";

/**
 * Policy of a `security-alerts` topic: TLS only, and the only service that may publish is CloudWatch, for
 * alarms of this account. The account's roles need no statement here: within one account their own policy is
 * enough. Where no alarms publish, only the responder and the hold may, since people believe these mails.
 * EventBridge has no statement, since it supports no condition in a topic policy, and without one
 * every rule of the account could publish (EventBridge guide, "Amazon SNS permissions").
 *
 * @param alarmNames Pattern of the names of the alarms that publish. @default - no alarm does
 */
export function topicPolicy(names: AccountNames, alarmNames?: string): PolicyDocument {
  if (alarmNames === undefined) {
    const alerting = [NAMES.responder, NAMES.hold].map((role) => names.ownRoleArn(role));
    return policyDocument(
      tlsOnly(names.topicArn),
      onlyFrom(alerting, "ResponderAndHoldOnly", names.topicArn),
    );
  }
  const alarms: Statement = {
    Sid: "AlarmsPublish",
    Effect: "Allow",
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Action: "sns:Publish",
    Resource: names.topicArn,
    Condition: {
      StringEquals: { "aws:SourceAccount": names.accountId },
      ArnLike: { "aws:SourceArn": names.alarmArn(alarmNames) },
    },
  };
  return policyDocument(alarms, tlsOnly(names.topicArn));
}

/** Policy of the topic that starts a hold: TLS only, and from the responder's role only. */
export function holdTopicPolicy(names: AccountNames): PolicyDocument {
  const topicArn = names.topicArnOf(NAMES.hold);
  return policyDocument(
    tlsOnly(topicArn),
    onlyFrom(names.ownRoleArn(NAMES.responder), "ResponderOnly", topicArn),
  );
}

/** Policy of the topic that a chat service reads: TLS only, and from its notifier's role only. */
export function chatTopicPolicy(names: AccountNames): PolicyDocument {
  const topicArn = names.topicArnOf(NAMES.chatTopic);
  return policyDocument(
    tlsOnly(topicArn),
    onlyFrom(names.ownRoleArn(NAMES.chatNotifier), "NotifierOnly", topicArn),
  );
}

function onlyFrom(roleArns: string | readonly string[], Sid: string, Resource: string): Statement {
  return {
    Sid,
    Effect: "Deny",
    Principal: "*",
    Action: "sns:Publish",
    Resource,
    Condition: { ArnNotEquals: { "aws:PrincipalArn": roleArns } },
  };
}

function tlsOnly(Resource: string): Statement {
  return {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "sns:Publish",
    Resource,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

/**
 * Policy of the key that encrypts a topic to which alarms publish. Alarms cannot publish to a topic under the
 * AWS-managed key `alias/aws/sns`, whose policy does not name CloudWatch (SNS guide, "Enable compatibility
 * between event sources from AWS services and encrypted topics"). In a key policy the resource `*` is the key
 * itself.
 */
export function topicKeyPolicy(names: AccountNames): PolicyDocument {
  return policyDocument(
    {
      Sid: "AccountAdministers",
      Effect: "Allow",
      Principal: { AWS: names.rootArn },
      Action: "kms:*",
      Resource: "*",
    },
    {
      Sid: "AlarmsEncrypt",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceAccount": names.accountId } },
    },
  );
}
