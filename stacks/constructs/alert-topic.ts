import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import { DRILL_ATTRIBUTE } from "../../functions/contract";
import { NAMES, type AccountNames } from "../names";
import { topicKeyPolicy, topicPolicy } from "../policies/topic";

export interface AlertTopicProps {
  readonly names: AccountNames;
  /** Mail addresses. Each has to confirm its subscription once. */
  readonly emails: readonly string[];
  /**
   * Pattern of the names of the alarms that publish to the topic. Alarms cannot publish under the AWS-managed
   * key, so the topic gets a key of its own then.
   *
   * @default - only the account's roles publish, under the AWS-managed key
   */
  readonly alarmNames?: string;
  /**
   * Which messages are mailed, by their attributes: a filter policy of SNS. It leaves the topic's other
   * subscriptions as they are.
   *
   * @default - all
   */
  readonly mailed?: Readonly<Record<string, readonly unknown[]>>;
}

/** Every message but those about a drill that is for nobody. */
export const NO_QUIET_DRILLS = { [DRILL_ATTRIBUTE]: [{ exists: false }] };

/** SNS's AWS-managed key, which is free, and which every role that may publish can use. */
export const AWS_MANAGED_KEY = "alias/aws/sns";

/** The topic `security-alerts`, encrypted, TLS only, with its mail subscriptions. */
export class AlertTopic extends Construct {
  readonly topic: SnsTopic;
  /** The key that encrypts the topic: the ARN of its own, else the alias of the AWS-managed one. */
  readonly keyId: string;
  /** The names by which API calls refer to that key. */
  readonly keyNames: readonly string[];

  constructor(scope: Construct, id: string, { names, emails, alarmNames, mailed }: AlertTopicProps) {
    super(scope, id);
    const key = alarmNames === undefined ? undefined : this.createKey(names);
    this.keyId = key?.arn ?? AWS_MANAGED_KEY;
    this.keyNames = key === undefined ? [AWS_MANAGED_KEY] : [key.arn, key.keyId];
    this.topic = new SnsTopic(this, "topic", {
      name: NAMES.topic,
      displayName: "AWS security alerts",
      kmsMasterKeyId: this.keyId,
    });
    new SnsTopicPolicy(this, "policy", {
      arn: this.topic.arn,
      policy: JSON.stringify(topicPolicy(names, alarmNames)),
    });
    for (const email of emails) {
      new SnsTopicSubscription(this, `email-${email}`, {
        topicArn: this.topic.arn,
        protocol: "email",
        endpoint: email,
        ...(mailed !== undefined && { filterPolicy: JSON.stringify(mailed) }),
      });
    }
  }

  private createKey(names: AccountNames): KmsKey {
    const key = new KmsKey(this, "key", {
      description: `Encrypts the topic ${NAMES.topic}`,
      enableKeyRotation: true,
      deletionWindowInDays: 7,
      policy: JSON.stringify(topicKeyPolicy(names)),
    });
    new KmsAlias(this, "key-alias", { name: NAMES.topicKeyAlias, targetKeyId: key.keyId });
    return key;
  }
}
