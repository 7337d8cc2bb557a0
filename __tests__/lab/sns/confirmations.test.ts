import type { AwsCall } from "../../../lab/exchange/build-request";
import { queryResponse } from "../../../lab/exchange/responses";
import { AwsError } from "../../../lab/shared/errors";
import { Confirmations } from "../../../lab/sns/confirmations";
import { ACCOUNT, exchangeOf, RECEIVED_AT } from "../../support/lab/exchange";

const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:security-alerts`;
const ARN = `${TOPIC}:1`;
const SUBSCRIBE = { TopicArn: TOPIC, Protocol: "email", Endpoint: "oncall@example.com" };

/** A topic with one subscription, whose ARN moto's server shows once it is confirmed. */
function lab(shownArn = "PendingConfirmation") {
  const asked: AwsCall[] = [];
  const confirmations = new Confirmations(
    (_, call) => {
      asked.push(call);
      return call.action === "ConfirmSubscription" && call.params["TopicArn"] !== TOPIC
        ? Promise.reject(new AwsError("NotFound", "Topic does not exist", 404))
        : Promise.resolve({
            Subscriptions: [{ ...SUBSCRIBE, SubscriptionArn: shownArn }],
            SubscriptionArn: ARN,
          });
    },
    () => new Date(RECEIVED_AT.getTime() + 60_000),
  );
  const subscribe = async (params: Record<string, unknown> = SUBSCRIBE) => {
    const exchange = exchangeOf({ service: "sns", action: "Subscribe", params });
    await confirmations.observe(exchange, queryResponse(exchange.request, "ns", { SubscriptionArn: ARN }));
    return exchange.request;
  };
  return { confirmations, asked, subscribe };
}

test("a subscription of an address is mailed a token that its request does not show", async () => {
  const { confirmations, subscribe } = lab();

  const request = await subscribe();

  const token = confirmations.tokenFor(request);
  expect(confirmations.of(ACCOUNT)).toEqual([
    { topicArn: TOPIC, endpoint: "oncall@example.com", token, time: RECEIVED_AT.toISOString() },
  ]);
  expect(token).toMatch(/^[\da-f]{64}$/);
  expect(
    new Confirmations(
      () => Promise.resolve({}),
      () => RECEIVED_AT,
    ).tokenFor(request),
  ).not.toBe(token);
});

test("a subscription that is confirmed at once is mailed nothing", async () => {
  const { confirmations, subscribe } = lab(ARN);

  await subscribe();

  expect(confirmations.of(ACCOUNT)).toEqual([]);
});

test("the link confirms, and nothing from before is mailed", async () => {
  const { confirmations, asked, subscribe } = lab();
  const token = confirmations.tokenFor(await subscribe());

  expect(await confirmations.confirm(token)).toBe(ARN);

  expect(asked.at(-1)).toMatchObject({
    action: "ConfirmSubscription",
    params: { TopicArn: TOPIC, Token: token },
  });
  expect(confirmations.hadConfirmed(ARN, RECEIVED_AT.toISOString())).toBe(false);
  expect(confirmations.hadConfirmed(ARN, "2026-01-06T00:00:00.000Z")).toBe(true);
});

test("a call of ConfirmSubscription counts from its own time", async () => {
  const { confirmations } = lab();
  const exchange = exchangeOf({ service: "sns", action: "ConfirmSubscription", params: {} });

  await confirmations.observe(exchange, queryResponse(exchange.request, "ns", { SubscriptionArn: ARN }));

  expect(confirmations.hadConfirmed(ARN, RECEIVED_AT.toISOString())).toBe(true);
});

test("a token that was never mailed confirms nothing, and a topic that is gone stops no other", async () => {
  const { confirmations, subscribe } = lab();
  await subscribe({ ...SUBSCRIBE, TopicArn: `${TOPIC}-gone` });
  await subscribe();

  expect(await confirmations.confirm("0".repeat(64))).toBeUndefined();
  await confirmations.confirmAll();
});
