import { queryResponse } from "../../../lab/exchange/responses";
import { AwsError } from "../../../lab/shared/errors";
import { Inbox } from "../../../lab/sns/inbox";
import { snsLimits } from "../../../lab/sns/sns-limits";
import { exchangeOf, ACCOUNT } from "../../support/lab/exchange";

const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:security-alerts`;

async function publish(inbox: Inbox, params: Record<string, unknown>): Promise<void> {
  const exchange = exchangeOf({ service: "sns", action: "Publish", params: { TopicArn: TOPIC, ...params } });
  await inbox.observe(exchange, queryResponse(exchange.request, "ns", { MessageId: "m-1" }));
}

describe("Inbox", () => {
  test("keeps a message with its publisher and time", async () => {
    const inbox = new Inbox();

    await publish(inbox, { Subject: "Quarantined", Message: "mallory" });

    expect(inbox.messagesOf(ACCOUNT)).toEqual([
      {
        messageId: "m-1",
        topicArn: TOPIC,
        subject: "Quarantined",
        message: "mallory",
        messageByProtocol: undefined,
        attributes: [],
        publishedBy: `arn:aws:iam::${ACCOUNT}:user/alice`,
        time: "2026-01-05T08:00:00.250Z",
      },
    ]);
  });

  test("keeps the text of each protocol", async () => {
    const inbox = new Inbox();
    const texts = { default: "short", email: "long" };

    await publish(inbox, { MessageStructure: "json", Message: JSON.stringify(texts) });

    expect(inbox.messagesOf(ACCOUNT)[0]).toMatchObject({ message: "short", messageByProtocol: texts });
  });

  test("separates topics and accounts", async () => {
    const inbox = new Inbox();

    await publish(inbox, { Message: "one" });
    await publish(inbox, { Message: "two", TopicArn: `${TOPIC}-other` });

    expect(inbox.messagesOf(ACCOUNT, TOPIC).map(({ message }) => message)).toEqual(["one"]);
    expect(inbox.messagesOf("111122223333")).toEqual([]);
  });

  test("keeps nothing that SNS refused", async () => {
    const inbox = new Inbox();
    const exchange = exchangeOf({
      service: "sns",
      action: "Publish",
      params: { TopicArn: TOPIC, Message: "x" },
    });

    await inbox.observe(exchange, { status: 404, headers: {}, body: Buffer.alloc(0) });

    expect(inbox.messagesOf(ACCOUNT)).toEqual([]);
  });
});

describe("snsLimits", () => {
  const check = (params: Record<string, unknown>): unknown =>
    snsLimits(exchangeOf({ service: "sns", action: "Publish", params: { Message: "text", ...params } }));

  test.each([
    ["a subject of 99 characters", { Subject: "x".repeat(99) }],
    ["no subject", {}],
    ["a message of 256 KB", { Message: "x".repeat(262_144) }],
    ["JSON with a default", { MessageStructure: "json", Message: '{"default":"x"}' }],
  ])("lets %s pass", (_name, params) => {
    expect(check(params)).toBeUndefined();
  });

  test.each([
    ["a subject of 100 characters", { Subject: "x".repeat(100) }],
    ["a subject with a line break", { Subject: "a\nb" }],
    ["a subject beyond ASCII", { Subject: "Größe" }],
    ["an empty subject", { Subject: "" }],
    ["an empty message", { Message: "" }],
    ["a message over 256 KB, counted in bytes", { Message: "é".repeat(131_073) }],
    [
      "a message and attributes over 256 KB together",
      {
        Message: "x".repeat(262_130),
        MessageAttributes: [{ Name: "status", Value: { DataType: "String", StringValue: "FAILED" } }],
      },
    ],
    ["JSON without a default", { MessageStructure: "json", Message: '{"email":"x"}' }],
    ["text that is not JSON", { MessageStructure: "json", Message: "{" }],
  ])("refuses %s", (_name, params) => {
    expect(() => check(params)).toThrow(AwsError);
  });
});
