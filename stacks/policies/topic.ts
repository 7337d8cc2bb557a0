import type { AccountNames } from "../names";
import { policyDocument, type PolicyDocument, type Statement } from "./document";

/** What may publish to a `security-alerts` topic, apart from the account's own roles. */
export interface TopicPublishers {
  /** Rules, by ARN, that publish to the topic. */
  readonly ruleArns?: readonly string[];
  /** Pattern of the names of the alarms that publish to the topic. */
  readonly alarmNames: string;
}

/**
 * Policy of a `security-alerts` topic: TLS only, and alarms and rules of this account only. The account's
 * roles need no statement here: within one account their own policy is enough.
 */
export function topicPolicy(
  names: AccountNames,
  { ruleArns = [], alarmNames }: TopicPublishers,
): PolicyDocument {
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
  const rules: Statement = {
    Sid: "RulesPublish",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sns:Publish",
    Resource: names.topicArn,
    Condition: { ArnEquals: { "aws:SourceArn": ruleArns } },
  };
  const tlsOnly: Statement = {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "sns:Publish",
    Resource: names.topicArn,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  return policyDocument(alarms, ...(ruleArns.length > 0 ? [rules] : []), tlsOnly);
}

/** What publishing to an encrypted topic takes. */
const ENCRYPT = ["kms:Decrypt", "kms:GenerateDataKey*"] as const;

/**
 * Policy of the key that encrypts the topic. Alarms and rules cannot publish to a topic under the AWS-managed
 * key `alias/aws/sns`, whose policy names neither service (SNS guide, "Enable compatibility between event
 * sources from AWS services and encrypted topics"). In a key policy the resource `*` is the key itself.
 *
 * @param rulesPublish Whether EventBridge rules publish to the topic, in addition to alarms.
 */
export function topicKeyPolicy(names: AccountNames, rulesPublish: boolean): PolicyDocument {
  const administer: Statement = {
    Sid: "AccountAdministers",
    Effect: "Allow",
    Principal: { AWS: names.rootArn },
    Action: "kms:*",
    Resource: "*",
  };
  const alarms: Statement = {
    Sid: "AlarmsEncrypt",
    Effect: "Allow",
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Action: ENCRYPT,
    Resource: "*",
    Condition: { StringEquals: { "aws:SourceAccount": names.accountId } },
  };
  const rules: Statement = {
    // EventBridge sends no aws:Source* key to KMS (same guide): a condition on one would lose every alert.
    // The topic policy says which rules may publish.
    Sid: "RulesEncrypt",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: ENCRYPT,
    Resource: "*",
  };
  return policyDocument(administer, alarms, ...(rulesPublish ? [rules] : []));
}
