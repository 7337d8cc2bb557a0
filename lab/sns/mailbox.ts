import { readArn } from "../exchange/arn";
import type { Confirmation } from "./confirmations";
import type { Mail } from "./mails";

/** What SNS mailed for the topics of one account. */
export interface Mailed {
  readonly mails: readonly Mail[];
  readonly confirmations: readonly Confirmation[];
}

interface Letter {
  readonly time: string;
  readonly to: readonly string[];
  readonly topicArn: string;
  readonly subject: string;
  readonly text: string;
}

/**
 * The mail of all accounts as a person reads it, oldest first.
 *
 * @param endpoint The lab's, for links.
 * @param address Only what this address got. @default - all
 */
export function mailboxText(accounts: readonly Mailed[], endpoint: string, address?: string): string {
  const letters = accounts
    .flatMap(({ mails, confirmations }) => [
      ...mails.map(letterOf),
      ...confirmations.map((each) => confirmationLetter(each, endpoint)),
    ])
    .filter(({ to }) => (address === undefined ? to.length > 0 : to.includes(address)))
    .sort((one, other) => (one.time < other.time ? -1 : 1));
  return letters.length === 0 ? "No mail.\n" : letters.map(letterText).join("\n");
}

function letterOf({ time, mailedTo, topicArn, subject, message, messageByProtocol }: Mail): Letter {
  const text = messageByProtocol?.["email"] ?? message;
  return { time, to: mailedTo, topicArn, subject: subject ?? "AWS Notification Message", text };
}

function confirmationLetter(
  { time, endpoint: address, topicArn, token }: Confirmation,
  endpoint: string,
): Letter {
  return {
    ...{ time, to: [address], topicArn },
    subject: "AWS Notification - Subscription Confirmation",
    text: [
      `You have chosen to subscribe to the topic: ${topicArn}`,
      "To confirm this subscription, open this link (if this was in error, no action is necessary):",
      `${endpoint}/_lab/confirm?token=${token}`,
      "Or, so that only people with credentials can unsubscribe:",
      `aws sns confirm-subscription --topic-arn ${topicArn} --authenticate-on-unsubscribe true --token ${token}`,
    ].join("\n"),
  };
}

function letterText({ time, to, topicArn, subject, text }: Letter): string {
  const { accountId } = readArn(topicArn);
  const head = [
    `Date:    ${time}`,
    `To:      ${to.join(", ")}`,
    `From:    ${topicArn.slice(topicArn.lastIndexOf(":") + 1)} of account ${accountId}`,
    `Subject: ${subject}`,
  ];
  return `${"=".repeat(78)}\n${head.join("\n")}\n\n${text.trimEnd()}\n`;
}
