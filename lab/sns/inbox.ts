import type { Exchange } from "../exchange/messages";
import type { Observer } from "../exchange/pipeline";
import { callerName } from "../exchange/principal";
import { readOutput } from "../exchange/read-response";

/** A message published to a topic. */
export interface InboxMessage {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject: string | undefined;
  /** The text for protocols without a text of their own. */
  readonly message: string;
  /** With `MessageStructure: json`: the text of each protocol, `default` included. */
  readonly messageByProtocol: Readonly<Record<string, string>> | undefined;
  readonly attributes: unknown;
  /** ARN of the publisher, or the name of the AWS service. */
  readonly publishedBy: string;
  /** ISO 8601, UTC, with milliseconds. */
  readonly time: string;
}

/** Every published message, per account, oldest first. */
export class Inbox {
  private readonly messages = new Map<string, InboxMessage[]>();

  /** Messages of an account, of one topic when its ARN is given. */
  messagesOf(accountId: string, topicArn?: string): readonly InboxMessage[] {
    const messages = this.messages.get(accountId) ?? [];
    return topicArn === undefined ? messages : messages.filter((message) => message.topicArn === topicArn);
  }

  /** Adds the message of each successful Publish. */
  readonly observe: Observer = (exchange, response) => {
    const { request, accountId } = exchange;
    if (request.service !== "sns" || request.action !== "Publish" || response.status >= 300) {
      return;
    }
    const messageId = String(readOutput(request, response)["MessageId"]);
    const messages = this.messages.get(accountId) ?? [];
    messages.push(inboxMessage(exchange, messageId));
    this.messages.set(accountId, messages);
  };
}

/** The message of a Publish request. */
export function inboxMessage({ request, principal, receivedAt }: Exchange, messageId: string): InboxMessage {
  const { TopicArn, TargetArn, Subject, Message, MessageStructure, MessageAttributes } =
    request.params as Record<string, string | undefined>;
  const text = Message ?? "";
  const byProtocol = MessageStructure === "json" ? (JSON.parse(text) as Record<string, string>) : undefined;
  return {
    messageId,
    topicArn: TopicArn ?? TargetArn ?? "",
    subject: Subject,
    message: byProtocol === undefined ? text : (byProtocol["default"] ?? ""),
    messageByProtocol: byProtocol,
    attributes: MessageAttributes ?? [],
    publishedBy: callerName(principal),
    time: receivedAt.toISOString(),
  };
}
