import { messageOf } from "../../functions/shared/message-of";
import { readArn } from "../exchange/arn";
import type { InternalCaller } from "../exchange/internal-caller";
import type { MotoClient } from "../exchange/moto-client";
import type { Observer } from "../exchange/pipeline";
import { readOutput } from "../exchange/read-response";
import { inboxMessage, type InboxMessage } from "./inbox";

interface Subscription {
  readonly Protocol?: string;
  readonly Endpoint?: string;
  readonly SubscriptionArn?: string;
}

/**
 * Invokes the functions that are subscribed to a topic, asynchronously and as the service SNS, so that a
 * function whose policy does not admit the topic is not invoked:
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 */
export function invokeSubscribedFunctions(
  moto: MotoClient,
  call: InternalCaller,
  log: (line: string) => void,
): Observer {
  return (exchange, response) => {
    const { request, accountId } = exchange;
    if (request.service !== "sns" || request.action !== "Publish" || response.status >= 300) {
      return;
    }
    const message = inboxMessage(exchange, String(readOutput(request, response)["MessageId"]));
    void deliver(moto, call, accountId, message).catch((error: unknown) =>
      log(`sns: a function that is subscribed to ${message.topicArn} was not invoked: ${messageOf(error)}`),
    );
  };
}

async function deliver(
  moto: MotoClient,
  call: InternalCaller,
  topicAccountId: string,
  message: InboxMessage,
): Promise<void> {
  const { topicArn } = message;
  const { region } = readArn(topicArn);
  const params = { TopicArn: topicArn };
  const listing = { service: "sns", region, action: "ListSubscriptionsByTopic", params };
  const { Subscriptions } = await moto(topicAccountId, listing);
  const sns = {
    type: "AWSService",
    accountId: topicAccountId,
    service: "sns.amazonaws.com",
    sourceArn: topicArn,
  } as const;
  for (const subscription of (Subscriptions ?? []) as readonly Subscription[]) {
    if (subscription.Protocol === "lambda" && subscription.Endpoint !== undefined) {
      const { accountId, region: functionRegion } = readArn(subscription.Endpoint);
      const rest = {
        method: "POST",
        path: `/2015-03-31/functions/${encodeURIComponent(subscription.Endpoint)}/invocations`,
        headers: { "x-amz-invocation-type": "Event" },
        body: JSON.stringify(eventOf(message, subscription)),
      };
      const invoke = { service: "lambda", action: "Invoke", params: { FunctionName: subscription.Endpoint } };
      await call(sns, { ...invoke, region: functionRegion, rest }, { accountId });
    }
  }
}

/** Source: Lambda developer guide, "Invoking Lambda functions with Amazon SNS notifications". */
function eventOf(message: InboxMessage, { SubscriptionArn }: Subscription): object {
  const Sns = {
    Type: "Notification",
    MessageId: message.messageId,
    TopicArn: message.topicArn,
    Subject: message.subject ?? null,
    Message: message.messageByProtocol?.["lambda"] ?? message.message,
    Timestamp: message.time,
    MessageAttributes: {},
  };
  return {
    Records: [{ EventSource: "aws:sns", EventVersion: "1.0", EventSubscriptionArn: SubscriptionArn, Sns }],
  };
}
