import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import type { Construct } from "constructs";
import { NAMES } from "../names";
import { holdPolicy } from "../policies/responder";
import { holdTopicPolicy } from "../policies/topic";
import { AWS_MANAGED_KEY } from "./alert-topic";
import { NodeFunction } from "./node-function";
import { MEMORY_MEGABYTES, responderEnvironment, type ResponderProps } from "./responder";

/**
 * The function `security-response-hold`: the responder's code, which checks a quarantine again for as long as
 * IAM takes to apply it. It is a function of its own, so that it does not use the concurrency that new users
 * need. The responder starts it through a topic whose policy refuses every other publisher, since anyone who
 * could start it could have any user denied. It also returns the outcomes that the responder throws, so that
 * they reach the bus.
 */
export class Hold extends NodeFunction {
  constructor(scope: Construct, id: string, props: ResponderProps) {
    const { names, account } = props;
    super(scope, id, {
      names,
      functionName: NAMES.hold,
      description: "Looks at a quarantine again, and puts back what was taken off",
      code: props.code,
      policy: holdPolicy(names, account),
      environment: responderEnvironment(props),
      timeoutSeconds: 60,
      memoryMegabytes: MEMORY_MEGABYTES,
      logRetentionDays: account.logRetentionDays,
      destinations: { onSuccess: names.defaultBusArn, onFailure: props.deadLetterQueueArn },
    });
    const topic = new SnsTopic(this, "topic", {
      name: NAMES.hold,
      displayName: "Quarantines to look at again",
      kmsMasterKeyId: AWS_MANAGED_KEY,
    });
    new SnsTopicPolicy(this, "topic-policy", {
      arn: topic.arn,
      policy: JSON.stringify(holdTopicPolicy(names)),
    });
    const permission = new LambdaPermission(this, "permission", {
      statementId: "HoldTopicInvokes",
      action: "lambda:InvokeFunction",
      functionName: this.function.functionName,
      principal: "sns.amazonaws.com",
      sourceArn: topic.arn,
    });
    new SnsTopicSubscription(this, "subscription", {
      topicArn: topic.arn,
      protocol: "lambda",
      endpoint: this.function.arn,
      dependsOn: [permission, ...(this.invocations ? [this.invocations] : [])],
    });
  }
}
