import type { AwsCall } from "../../../lab/exchange/build-request";
import { queryResponse } from "../../../lab/exchange/responses";
import { Inbox } from "../../../lab/sns/inbox";
import { mailReader } from "../../../lab/sns/mails";
import { ACCOUNT, exchangeOf } from "../../support/lab/exchange";

const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:security-alerts`;

/** Two addresses and a function, as moto answers in the query protocol: one address is choosy. */
const moto = (_: string, { action, params }: AwsCall): Promise<Record<string, unknown>> => {
  const { SubscriptionArn } = params as { SubscriptionArn?: string };
  const FilterPolicy = { key: "FilterPolicy", value: '{"drill":[{"exists":false}]}' };
  return Promise.resolve(
    action === "ListSubscriptionsByTopic"
      ? {
          Subscriptions: [
            { Protocol: "email", Endpoint: "oncall@example.com", SubscriptionArn: `${TOPIC}:choosy` },
            { Protocol: "email", Endpoint: "everything@example.com", SubscriptionArn: `${TOPIC}:all` },
            { Protocol: "lambda", Endpoint: "x", SubscriptionArn: `${TOPIC}:function` },
          ],
        }
      : {
          Attributes: {
            entry: [
              { key: "Protocol", value: "email" },
              ...(SubscriptionArn === `${TOPIC}:choosy` ? [FilterPolicy] : []),
            ],
          },
        },
  );
};

test("a message is mailed to the addresses whose filter policy accepts it", async () => {
  const inbox = new Inbox();
  const publish = async (Subject: string, MessageAttributes: object[]) => {
    const params = { TopicArn: TOPIC, Subject, Message: "x", MessageAttributes };
    const exchange = exchangeOf({ service: "sns", action: "Publish", params });
    await inbox.observe(exchange, queryResponse(exchange.request, "ns", { MessageId: "m-1" }));
  };
  await publish("a drill", [{ Name: "drill", Value: { DataType: "String", StringValue: "nobody" } }]);
  await publish("an attack", []);

  const mails = await mailReader(moto, inbox)(ACCOUNT);

  expect(mails.map(({ subject, mailedTo }) => [subject, mailedTo])).toEqual([
    ["a drill", ["everything@example.com"]],
    ["an attack", ["oncall@example.com", "everything@example.com"]],
  ]);
});
