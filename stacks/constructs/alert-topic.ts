import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import { NAMES, type AccountNames } from "../names";
import { topicKeyPolicy, topicPolicy, type TopicPublishers } from "../policies/topic";

export interface AlertTopicProps {
  readonly names: AccountNames;
  /** Addresses that are mailed. Each has to confirm its subscription once. */
  readonly emails: readonly string[];
  /** Rules and alarms that publish, apart from the account's own roles. */
  readonly publishers: TopicPublishers;
}

/** The topic `security-alerts`, encrypted with a key of its own, TLS only, with its mail subscriptions. */
export class AlertTopic extends Construct {
  readonly topic: SnsTopic;
  /** Without it neither alarms nor rules may publish. */
  readonly policy: SnsTopicPolicy;
  /** The key that encrypts the topic. Publishers need it too. */
  readonly key: KmsKey;

  constructor(scope: Construct, id: string, { names, emails, publishers }: AlertTopicProps) {
    super(scope, id);
    this.key = new KmsKey(this, "key", {
      description: `Encrypts the topic ${NAMES.topic}`,
      enableKeyRotation: true,
      deletionWindowInDays: 7,
      policy: JSON.stringify(topicKeyPolicy(names, publishers.ruleArns !== undefined)),
    });
    new KmsAlias(this, "key-alias", { name: NAMES.topicKeyAlias, targetKeyId: this.key.keyId });
    this.topic = new SnsTopic(this, "topic", {
      name: NAMES.topic,
      displayName: "AWS security alerts",
      kmsMasterKeyId: this.key.arn,
    });
    this.policy = new SnsTopicPolicy(this, "policy", {
      arn: this.topic.arn,
      policy: JSON.stringify(topicPolicy(names, publishers)),
    });
    for (const email of emails) {
      new SnsTopicSubscription(this, `email-${email}`, {
        topicArn: this.topic.arn,
        protocol: "email",
        endpoint: email,
      });
    }
  }
}
