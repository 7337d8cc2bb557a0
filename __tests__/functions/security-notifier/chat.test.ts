import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { mockClient } from "aws-sdk-client-mock";
import { OUTCOME_STATUSES } from "../../../functions/contract";
import { chatChannel, chatNotification } from "../../../functions/security-notifier/channels/chat";
import type { Notice } from "../../../functions/security-notifier/notice";
import { MAX_PUBLISHED_BYTES } from "../../../functions/shared/alert/sns-alert";
import { HOSTILE, otherNotices, outcomeNotice } from "../../support/functions/notices";
import { customNotification } from "../../support/functions/published-formats";

const TOPIC = "arn:aws:sns:us-east-1:111122223333:security-alerts-chat";
const sns = mockClient(SNSClient);
beforeEach(() => sns.reset());

const everyField = (text: string) => ({
  ...{ summary: text, accountName: text, createdBy: text, sourceIp: text, userAgent: text, userArn: text },
  ...{ actor: text, eventId: text, open: [text], done: [text] },
});
const notices = (text: string): readonly (readonly [string, Notice])[] => [
  ...OUTCOME_STATUSES.map((status) => [status, outcomeNotice({ status, ...everyField(text) })] as const),
  ...Object.entries(otherNotices(text)),
];

test("the message about a user reads like this", () => {
  expect(chatNotification(outcomeNotice(), "aws", "https://wiki.example.com/runbook")).toMatchSnapshot();
});

test("a command is code, so that no sign of a name is taken for formatting and the command can be copied", () => {
  const { nextSteps } = chatNotification(outcomeNotice({ userName: "_mallory_" }), "aws").content;

  const commands = nextSteps.filter((step) => step.includes("_mallory_"));
  expect(commands).not.toEqual([]);
  for (const command of commands) {
    expect(command).toMatch(/^`[^`]*_mallory_[^`]*`$/);
  }
});

test.each(notices(HOSTILE))(
  "%s with an attacker's text mentions nobody, links nowhere and formats nothing",
  (_, notice) => {
    const message = chatNotification(notice, "aws");
    const { content, metadata } = message;
    const texts = [
      content.title,
      content.description,
      ...content.nextSteps,
      metadata.summary,
      ...metadata.relatedResources,
    ];

    expect(customNotification.parse(message)).toEqual(message);
    for (const text of texts.map((each) => each.replace(/^`([^`]*)`$/, "$1"))) {
      expect(text).not.toMatch(/[<>[\]`]|@(channel|here|everyone)\b|:\/\/|&(?!amp;|lt;|gt;)/);
    }
    // A line break would begin a heading or a quote.
    expect(content.description.split("\n")).toHaveLength(2);
  },
);

test.each([
  ["more than any field takes", "x".repeat(10_000)],
  ["text that escapes make longer", "<".repeat(10_000)],
])("%s is cut to what a chat shows and SNS takes", (_, text) => {
  const message = chatNotification(outcomeNotice(everyField(text)), "aws");

  expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(MAX_PUBLISHED_BYTES / 10);
  expect(message.content.description.length).toBeLessThanOrEqual(3_000);
});

describe("the channel", () => {
  const channel = chatChannel(
    { channel: "chat", minimumSeverity: "HIGH", topicArn: TOPIC },
    { partition: "aws" },
    { sns: new SNSClient({}), clock: Date.now },
  );

  test("publishes to its own topic", async () => {
    sns.resolves({ MessageId: "1" });

    await channel.send(outcomeNotice(), { remaining: () => 30_000 });

    const [call] = sns.commandCalls(PublishCommand);
    expect(call?.args[0].input.TopicArn).toBe(TOPIC);
    expect(customNotification.safeParse(JSON.parse(call?.args[0].input.Message ?? "")).success).toBe(true);
  });

  test("fails when the topic does not take the message", async () => {
    sns.rejects(new Error("gone"));

    await expect(channel.send(outcomeNotice(), { remaining: () => 30_000 })).rejects.toThrow("gone");
  });

  test("wants what is severe enough", () => {
    expect(channel.wants(outcomeNotice({ severity: "MEDIUM" }))).toBe(false);
    expect(channel.wants(outcomeNotice({ severity: "HIGH" }))).toBe(true);
  });
});
