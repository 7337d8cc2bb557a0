import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { mockClient } from "aws-sdk-client-mock";
import {
  OUTCOME_STATUSES,
  type WebhookChannelSettings,
  type WebhookSettings,
} from "../../../functions/contract";
import { webhookChannel, webhookRequests } from "../../../functions/security-notifier/channels/webhook";
import type { Notice } from "../../../functions/security-notifier/notice";
import { HOSTILE, otherNotices, outcomeNotice } from "../../support/functions/notices";
import { jiraIssue, MAX_WEBHOOK_BYTES, pagerDutyEvent } from "../../support/functions/published-formats";

const events = mockClient(EventBridgeClient);
beforeEach(() => events.reset());

const WEBHOOKS: readonly WebhookSettings[] = [
  { name: "page", type: "pagerDuty", minimumSeverity: "HIGH" },
  { name: "tickets", type: "jira", minimumSeverity: "MEDIUM", project: "SEC", issueType: "Task" },
  { name: "siem", type: "generic", minimumSeverity: "LOW" },
];
const SETTINGS: WebhookChannelSettings = { channel: "webhook", webhooks: WEBHOOKS };
const RUNBOOK = "https://wiki.example.com/runbook";
const bodiesOf = (
  notice: Notice,
  settings: { webhooks?: readonly WebhookSettings[]; runbookUrl?: string | undefined } = {},
): Record<string, object> => {
  const requests = webhookRequests(notice, { webhooks: WEBHOOKS, runbookUrl: RUNBOOK, ...settings }, "aws");
  return Object.fromEntries(requests.map(({ webhook, body }) => [webhook, body]));
};

const everyField = (text: string) => ({
  ...{ summary: text, accountName: text, createdBy: text, sourceIp: text, userAgent: text, userArn: text },
  ...{ actor: text, eventId: text, open: [text], done: [text] },
});
const notices = (text: string): readonly (readonly [string, Notice])[] => [
  ...OUTCOME_STATUSES.map(
    (status) => [status, outcomeNotice({ status, severity: "CRITICAL", ...everyField(text) })] as const,
  ),
  ...Object.entries(otherNotices(text)),
];

test("the bodies about a user read like this", () => {
  expect(bodiesOf(outcomeNotice())).toMatchSnapshot();
});

describe.each([
  ["plain text", "x"],
  ["an attacker's text", HOSTILE],
  ["more than any field takes", "\u{1f600}".repeat(3_000)],
])("with %s", (_, text) => {
  test.each(notices(text))("%s is what PagerDuty, Jira and EventBridge take", (__, notice) => {
    const { page, tickets, siem } = bodiesOf(notice);

    expect(pagerDutyEvent.parse(page)).toEqual(page);
    if (tickets !== undefined) {
      expect(jiraIssue.parse(tickets)).toEqual(tickets);
    }
    for (const body of [page, tickets, siem]) {
      expect(Buffer.byteLength(JSON.stringify(body ?? {}))).toBeLessThan(MAX_WEBHOOK_BYTES / 2);
    }
    // Nobody but us links.
    expect(JSON.stringify([page, tickets, siem]).replaceAll("https://wiki.example.com", "")).not.toContain(
      "://",
    );
  });
});

test("without the address of the runbook nothing links", () => {
  const { page, tickets } = bodiesOf(outcomeNotice(), { runbookUrl: undefined });

  expect(pagerDutyEvent.parse(page)).not.toHaveProperty("links");
  expect(JSON.stringify(jiraIssue.parse(tickets))).not.toContain("marks");
});

describe("each webhook has a severity of its own", () => {
  test.each([
    ["LOW", ["siem"]],
    ["MEDIUM", ["tickets", "siem"]],
    ["HIGH", ["page", "tickets", "siem"]],
  ])("%s goes to %j", (severity, names) => {
    expect(Object.keys(bodiesOf(outcomeNotice({ severity })))).toEqual(names);
  });
});

describe("a release", () => {
  const { page, tickets, siem } = bodiesOf(outcomeNotice({ status: "RELEASED", severity: "LOW" }));

  test("resolves PagerDuty's alert about the same user", () => {
    const triggered = bodiesOf(outcomeNotice())["page"] as { dedup_key: string };

    expect(page).toEqual({ event_action: "resolve", dedup_key: triggered.dedup_key });
  });

  test("opens no issue in Jira, and tells the generic webhook", () => {
    expect(tickets).toBeUndefined();
    expect(siem).toMatchObject({ isEnd: true, status: "RELEASED" });
  });
});

test.each([
  ["CRITICAL", "critical"],
  ["HIGH", "error"],
  ["MEDIUM", "warning"],
  ["LOW", "info"],
])("%s is PagerDuty's %s", (severity, expected) => {
  const page = { ...WEBHOOKS[0], minimumSeverity: "LOW" } as WebhookSettings;
  const body = bodiesOf(outcomeNotice({ severity }), { webhooks: [page] })["page"];

  expect(body).toMatchObject({ payload: { severity: expected } });
});

describe("the channel", () => {
  const channel = webhookChannel(
    SETTINGS,
    { partition: "aws" },
    { events: new EventBridgeClient({}), clock: Date.now },
  );
  const invocation = { remaining: () => 30_000 };

  test("puts one event for each webhook on the default bus", async () => {
    events.resolves({ FailedEntryCount: 0, Entries: [{ EventId: "1" }] });

    await channel.send(outcomeNotice({ severity: "MEDIUM" }), invocation);

    const entries = events.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries ?? [];
    expect(entries.map(({ EventBusName }) => EventBusName)).toEqual([undefined, undefined]);
    expect(entries).toMatchObject([
      { Source: "security-notifier", DetailType: "Quarantine Webhook" },
      { Source: "security-notifier", DetailType: "Quarantine Webhook" },
    ]);
    expect(entries.map(({ Detail }) => (JSON.parse(Detail ?? "") as { webhook: string }).webhook)).toEqual([
      "tickets",
      "siem",
    ]);
  });

  test.each([
    [
      "refuses one of the events",
      () =>
        events.resolves({
          FailedEntryCount: 1,
          Entries: [{ EventId: "1" }, { ErrorCode: "ThrottlingException", ErrorMessage: "slow" }],
        }),
      "ThrottlingException: slow",
    ],
    ["is out of reach", () => events.rejects(new Error("down")), "down"],
  ])("fails when the bus %s", async (_, arrange, message) => {
    arrange();

    await expect(channel.send(outcomeNotice(), invocation)).rejects.toThrow(message);
  });

  test("wants nothing that no webhook wants", () => {
    const none = webhookChannel(
      { channel: "webhook", webhooks: [{ name: "page", type: "pagerDuty", minimumSeverity: "CRITICAL" }] },
      { partition: "aws" },
      { events: new EventBridgeClient({}), clock: Date.now },
    );

    expect(none.wants(outcomeNotice())).toBe(false);
    expect(none.wants(outcomeNotice({ drill: "people", severity: "CRITICAL" }))).toBe(false);
  });
});
