import { mailboxText } from "../../../lab/sns/mailbox";
import type { Mail } from "../../../lab/sns/mails";

const TOPIC = "arn:aws:sns:us-east-1:444455556666:security-alerts";

const mail = (changes: Partial<Mail>): Mail => ({
  ...{ messageId: "m-1", topicArn: TOPIC, subject: "[HIGH] mallory", message: "{}", attributes: [] },
  ...{ messageByProtocol: { default: "{}", email: "A user was quarantined.\n" }, publishedBy: "lambda" },
  ...{ time: "2026-01-05T08:00:02.000Z", mailedTo: ["oncall@example.com"] },
  ...changes,
});
const accounts = [
  {
    mails: [mail({}), mail({ mailedTo: [], subject: "for nobody" })],
    confirmations: [
      {
        ...{ topicArn: TOPIC, endpoint: "oncall@example.com", token: "abc" },
        time: "2026-01-05T08:00:00.000Z",
      },
    ],
  },
  { mails: [mail({ mailedTo: ["security@example.com"], subject: "central" })], confirmations: [] },
];

test("a mailbox shows confirmations with their link, and alerts as people read them, in their order", () => {
  const text = mailboxText(accounts, "http://127.0.0.1:4577");

  expect(text).toContain("http://127.0.0.1:4577/_lab/confirm?token=abc\n");
  expect(text).toContain(`aws sns confirm-subscription --topic-arn ${TOPIC} `);
  expect(text).toContain(
    [
      "Date:    2026-01-05T08:00:02.000Z",
      "To:      oncall@example.com",
      "From:    security-alerts of account 444455556666",
      "Subject: [HIGH] mallory",
      "",
      "A user was quarantined.\n",
    ].join("\n"),
  );
  expect([...text.matchAll(/^Subject: (.*)$/gm)].map(([, subject]) => subject)).toEqual([
    "AWS Notification - Subscription Confirmation",
    "[HIGH] mallory",
    "central",
  ]);
});

test("a mailbox of one address shows its mail alone", () => {
  expect(mailboxText(accounts, "", "security@example.com").match(/^Subject:.*/gm)).toEqual([
    "Subject: central",
  ]);
  expect(mailboxText(accounts, "", "nobody@example.com")).toBe("No mail.\n");
});
