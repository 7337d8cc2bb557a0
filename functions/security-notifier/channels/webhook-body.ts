import type { WebhookSettings } from "../../contract";
import { runbookPlace } from "../../shared/alert/runbook";
import { cut } from "../../shared/text";
import type { Brief, Severity } from "./brief";

/**
 * The body of a webhook. EventBridge takes 64 KB with what its connection adds (EventBridge API reference,
 * ConnectionBodyParameter); each field here has its own limit, and all of them together take less than a
 * quarter of that.
 *
 * @returns Undefined for what the webhook has no use for.
 */
export function webhookBody(webhook: WebhookSettings, brief: Brief, link?: string): object | undefined {
  switch (webhook.type) {
    case "pagerDuty":
      return pagerDutyEvent(brief, link);
    case "jira":
      // Each request makes an issue, so the end of a matter would make another one.
      return brief.isEnd ? undefined : jiraIssue(webhook, brief, link);
    case "generic":
      return { ...brief, ...(link !== undefined && { runbook: link }) };
  }
}

const PAGER_DUTY_SEVERITIES: Readonly<Record<Severity, string>> = {
  CRITICAL: "critical",
  HIGH: "error",
  MEDIUM: "warning",
  LOW: "info",
};

/**
 * An event of PagerDuty's Events API v2: one alert for each thread, which its end resolves. The routing key
 * is a secret, and EventBridge's connection adds it. Source: PagerDuty's OpenAPI document of the Events API
 * v2, and "Send an event" for lengths.
 */
function pagerDutyEvent(brief: Brief, link: string | undefined): object {
  const { thread, title, summary, source, severity, status, account, next, section, isEnd } = brief;
  if (isEnd) {
    return { event_action: "resolve", dedup_key: thread };
  }
  return {
    event_action: "trigger",
    dedup_key: thread,
    client: "IAM user quarantine",
    ...(link !== undefined && { links: [{ href: link, text: section }] }),
    payload: {
      summary: cut(title, 1_024),
      source: account,
      severity: PAGER_DUTY_SEVERITIES[severity],
      class: status,
      custom_details: { summary, source, status, next, runbook: section },
    },
  };
}

/**
 * The request that creates an issue in Jira Cloud. The description is a document of text nodes, in which Jira
 * reads no markup. Source: Jira Cloud platform REST API v3, "Create issue", and Atlassian Document Format.
 */
function jiraIssue(
  { project, issueType }: Extract<WebhookSettings, { type: "jira" }>,
  { title, summary, source, severity, status, account, next, section }: Brief,
  link: string | undefined,
): object {
  return {
    fields: {
      project: { key: project },
      issuetype: { name: issueType },
      // One line, of at most 255 characters.
      summary: cut(title, 255),
      labels: ["iam-user-quarantine", status, severity, account],
      description: {
        type: "doc",
        version: 1,
        content: [
          paragraph(summary),
          paragraph(source),
          ...next.map((line) => paragraph(line.trim())),
          paragraph(`Runbook: ${link ?? runbookPlace(section, undefined)}`, link),
        ].filter(({ content }) => content[0]?.text !== ""),
      },
    },
  };
}

interface TextNode {
  readonly type: "text";
  readonly text: string;
  readonly marks?: readonly object[];
}

function paragraph(
  text: string,
  href?: string,
): { readonly type: "paragraph"; readonly content: TextNode[] } {
  const marks = href === undefined ? {} : { marks: [{ type: "link", attrs: { href } }] };
  return { type: "paragraph", content: [{ type: "text", text, ...marks }] };
}
