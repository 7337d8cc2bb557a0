import type { SNSClient } from "@aws-sdk/client-sns";
import type { ChatSettings } from "../../contract";
import { publishMessage } from "../../shared/alert/publish";
import { runbookPlace } from "../../shared/alert/runbook";
import type { Channel } from "../channel";
import type { Notice } from "../notice";
import type { Settings } from "../settings";
import { briefOf, isPassedOn } from "./brief";

/**
 * A custom notification of Amazon Q Developer in chat applications. Source: its administrator guide, "Custom
 * notifications".
 */
export interface ChatNotification {
  readonly version: "1.0";
  readonly source: "custom";
  readonly content: {
    /** Slack's or Microsoft Teams' own Markdown. */
    readonly textType: "client-markdown";
    readonly title: string;
    readonly description: string;
    readonly nextSteps: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: {
    readonly threadId: string;
    readonly summary: string;
    readonly eventType: string;
    readonly relatedResources: readonly string[];
    readonly additionalContext: Readonly<Record<string, string>>;
  };
}

/** Slack and Microsoft Teams, by a topic that Amazon Q Developer in chat applications is subscribed to. */
export function chatChannel(
  channel: ChatSettings,
  { partition, runbookUrl }: Pick<Settings, "partition" | "runbookUrl">,
  dependencies: { readonly sns: SNSClient; readonly clock: () => number },
): Channel {
  return {
    name: "chat",
    wants: (notice) => isPassedOn(notice, briefOf(notice, partition), channel.minimumSeverity),
    send: (notice, invocation) => {
      const message = JSON.stringify(chatNotification(notice, partition, runbookUrl));
      return publishMessage({ TopicArn: channel.topicArn, Message: message }, dependencies, invocation);
    },
  };
}

/** Characters of a field. Slack cuts what is longer than a few thousand. */
const LONGEST = { title: 200, description: 2_000, step: 600 } as const;

/** The message about a notice: one thread for each user. */
export function chatNotification(notice: Notice, partition: string, runbookUrl?: string): ChatNotification {
  const brief = briefOf(notice, partition);
  const title = chatText(brief.title, LONGEST.title);
  return {
    version: "1.0",
    source: "custom",
    content: {
      textType: "client-markdown",
      title,
      description: chatText(`${brief.summary}\n${brief.source}`, LONGEST.description),
      nextSteps: [
        ...brief.next.map(chatStep),
        // Slack and Teams make a link of a plain URL, and write named ones differently.
        `Runbook: ${runbookPlace(brief.section, runbookUrl)}`,
      ],
      keywords: [brief.severity, brief.status, brief.account],
    },
    metadata: {
      threadId: brief.thread,
      summary: title,
      eventType: brief.status,
      relatedResources:
        notice.kind === "outcome" && notice.outcome.userArn !== ""
          ? [chatText(notice.outcome.userArn, LONGEST.step)]
          : [],
      additionalContext: { account: brief.account, severity: brief.severity },
    },
  };
}

/** A command is code: a name such as `_mallory_` would lose its signs, and be copied without them. */
function chatStep(line: string): string {
  const text = chatText(line.trim(), LONGEST.step);
  return line.startsWith("  ") ? `\`${text}\`` : text;
}

/**
 * Text that mentions nobody, links nowhere and cannot pass for ours. Slack reads `<!channel>`, `<@U1>` and
 * `<https://example.com|name>`, and wants `&`, `<` and `>` as entities (Slack's API documentation,
 * "Formatting text"); Teams reads `[name](address)`. Neither has an escape for brackets and backticks that
 * the other does not show, nor one for `*`, `_` and `~`: a name in a sentence may be shown in italics.
 */
export function chatText(text: string, max: number): string {
  const plain = text
    .replaceAll("[", "(")
    .replaceAll("]", ")")
    .replaceAll("`", "'")
    .replace(/@(?=(?:channel|here|everyone)\b)/gi, "@ ");
  return escaped(plain, max);
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** At most `max` characters as they are sent, never a part of an entity; what was cut shows as `...`. */
function escaped(text: string, max: number): string {
  let sent = "";
  for (const character of text) {
    const next = sent + (ENTITIES[character] ?? character);
    if (next.length > max) {
      return `${sent.slice(0, max - 3).replace(/&[a-z]*$/, "")}...`;
    }
    sent = next;
  }
  return sent;
}
