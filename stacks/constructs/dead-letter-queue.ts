import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { Construct } from "constructs";
import type { ExpectedParts } from "../../functions/contract";
import { fingerprint } from "../../functions/shared/fingerprint";
import type { AccountNames } from "../names";
import { deadLetterPolicy } from "../policies/dead-letters";

/** The longest that SQS keeps a message. */
const FOURTEEN_DAYS = 14 * 24 * 60 * 60;

export interface DeadLetterQueueProps {
  readonly names: AccountNames;
  readonly queueName: string;
  /** Rules whose undeliverable events the queue keeps. */
  readonly ruleArns: readonly string[];
}

/** A queue that keeps what could not be delivered or handled, for 14 days. */
export class DeadLetterQueue extends Construct {
  readonly queue: SqsQueue;
  /** Allows the rules to send to the queue. */
  readonly policy: SqsQueuePolicy;
  /** What a health check expects. */
  readonly expected: ExpectedParts["queue"];

  constructor(scope: Construct, id: string, { names, queueName, ruleArns }: DeadLetterQueueProps) {
    super(scope, id);
    this.queue = new SqsQueue(this, "queue", {
      name: queueName,
      messageRetentionSeconds: FOURTEEN_DAYS,
      sqsManagedSseEnabled: true,
    });
    const policy = deadLetterPolicy(names.queueArn(queueName), ruleArns);
    this.policy = new SqsQueuePolicy(this, "policy", {
      queueUrl: this.queue.url,
      policy: JSON.stringify(policy),
    });
    this.expected = { name: queueName, policy: fingerprint(policy) };
  }
}
