import type { AwsCall } from "../../../lab/exchange/build-request";
import { queryResponse } from "../../../lab/exchange/responses";
import { Inbox } from "../../../lab/sns/inbox";
import { mailReader } from "../../../lab/sns/mails";
import { ACCOUNT, exchangeOf, RECEIVED_AT } from "../../support/lab/exchange";

const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:security-alerts`;

/** Three addresses and a function, as moto answers in the query protocol: one is choosy, one is pending. */
const moto = (_: string, { action, params }: AwsCall): Promise<Record<string, unknown>> => {
  const { SubscriptionArn } = params as { SubscriptionArn?: string };
  const FilterPolicy = { key: "FilterPolicy", value: '{"drill":[{"exists":false}]}' };
  return Promise.resolve(
    action === "ListSubscriptionsByTopic"
      ? {
          Subscriptions: [
            { Protocol: "email", Endpoint: "oncall@example.com", SubscriptionArn: `${TOPIC}:choosy` },
            { Protocol: "email", Endpoint: "everything@example.com", SubscriptionArn: `${TOPIC}:all` },
            { Protocol: "email", Endpoint: "new@example.com", SubscriptionArn: "PendingConfirmation" },
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

async function mailsOf(hadConfirmed: (arn: string, time: string) => boolean) {
  const inbox = new Inbox();
  const publish = async (Subject: string, MessageAttributes: object[]) => {
    const params = { TopicArn: TOPIC, Subject, Message: "x", MessageAttributes };
    const exchange = exchangeOf({ service: "sns", action: "Publish", params });
    await inbox.observe(exchange, queryResponse(exchange.request, "ns", { MessageId: "m-1" }));
  };
  await publish("a drill", [{ Name: "drill", Value: { DataType: "String", StringValue: "nobody" } }]);
  await publish("an attack", []);

  const mails = await mailReader(moto, inbox, { hadConfirmed })(ACCOUNT);
  return mails.map(({ subject, mailedTo }) => [subject, mailedTo]);
}

test("a message is mailed to the confirmed addresses whose filter policy accepts it", async () => {
  expect(await mailsOf(() => true)).toEqual([
    ["a drill", ["everything@example.com"]],
    ["an attack", ["oncall@example.com", "everything@example.com"]],
  ]);
});

test("nothing is mailed to an address that had not confirmed by then", async () => {
  const since = (arn: string, time: string) => arn !== `${TOPIC}:all` || time > RECEIVED_AT.toISOString();

  expect(await mailsOf(since)).toEqual([
    ["a drill", []],
    ["an attack", ["oncall@example.com"]],
  ]);
});
