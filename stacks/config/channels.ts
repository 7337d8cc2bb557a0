import { z } from "zod";
import { SEVERITIES, WEBHOOK_TYPES } from "../../functions/contract";
import { parseArn } from "../../functions/shared/arn";
import { IAM_REGIONS, PARTITIONS } from "../names";
import type { PathProblem } from "./errors";
import { DEFAULT_PARTITION, text } from "./fields";
import { at, listAt, render, valueAt } from "./key-path";

/** Webhooks of one notifier: PutEvents takes ten entries, and each has an API destination and a rule. */
const MAX_WEBHOOKS = 5;

const minimumSeverity = z
  .enum(SEVERITIES, { error: `one of ${SEVERITIES.join(", ")}` })
  .describe("The lowest severity that is passed on. The end of what was passed on is always passed on.")
  .default("MEDIUM");

const securityHub = z
  .strictObject({ minimumSeverity })
  .describe("One finding per user in AWS Security Hub, which the security account must have turned on.");

const chat = z
  .strictObject({ minimumSeverity })
  .describe(
    "The topic `security-alerts-chat` for Amazon Q Developer in chat applications (Slack, Microsoft Teams), whose channel you subscribe to it.",
  );

/** Becomes part of the names of rules, which may have 64 characters. */
const webhookName = text(
  /^[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?$/,
  "1 to 30 lower-case letters, digits and hyphens, beginning and ending with a letter or digit",
);

/** Without `*`, which EventBridge would take for a parameter of the path. */
const endpoint = text(
  /^https:\/\/(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?::\d{1,5})?(?:\/[\w.~/-]*)?$/,
  "an https URL with the full name of a host, without a query and without *",
);

const connectionArn = text(
  /^arn:aws(?:-cn|-us-gov)?:events:[a-z0-9-]+:\d{12}:connection\/[\w.-]{1,64}\/[\w-]+$/,
  "the ARN of an EventBridge connection, such as arn:aws:events:us-east-1:111122223333:connection/pagerduty/01234567-89ab-cdef-0123-456789abcdef",
);

const webhook = z.strictObject({
  name: webhookName.describe("Name of the webhook, in the names of its rule and of its API destination."),
  type: z
    .enum(WEBHOOK_TYPES, { error: `one of ${WEBHOOK_TYPES.join(", ")}` })
    .describe(
      "What is posted: an event of PagerDuty's Events API v2 (`pagerDuty`), a new issue of Jira (`jira`), or the JSON of docs/channels.md (`generic`).",
    ),
  connectionArn: connectionArn.describe(
    "ARN of the EventBridge connection in the security account that has the credentials: see docs/channels.md. Terraform never sees them.",
  ),
  endpoint: endpoint
    .optional()
    .describe(
      "Address that gets the POST. `jira`: https://SITE.atlassian.net/rest/api/3/issue. `pagerDuty` has a default, and PagerDuty another address in the EU.",
    ),
  minimumSeverity,
  project: text(/^[A-Z][A-Z0-9_]{1,9}$/, "the key of a Jira project, such as SEC")
    .optional()
    .describe("`jira`: key of the project that gets the issues."),
  // Terraform reads ${ and %{ as the beginning of a template.
  issueType: text(/^[^\p{Cc}$%]{1,60}$/u, "the name of an issue type, such as Task, without $ and %")
    .optional()
    .describe("`jira`: name of their type. Without it, `Task`."),
});

/** Notification channels other than mail. Each is off unless it is configured. */
export const channelsSchema = z
  .strictObject({
    securityHub: securityHub.optional(),
    chat: chat.optional(),
    webhooks: z
      .array(webhook)
      .max(MAX_WEBHOOKS, { error: `at most ${MAX_WEBHOOKS} webhooks` })
      .describe("HTTPS requests by an EventBridge API destination: `pagerDuty`, `jira` or `generic`.")
      .default([]),
  })
  .describe(
    "Notification channels other than mail: see docs/channels.md. Each is off unless it is configured.",
  );

export type Channels = z.output<typeof channelsSchema>;

/** Whether any channel other than mail is on. */
export function hasChannels(channels: Channels): boolean {
  return channels.securityHub !== undefined || channels.chat !== undefined || channels.webhooks.length > 0;
}
export type Webhook = Channels["webhooks"][number];

const WEBHOOKS = ["securityAccount", "channels", "webhooks"] as const;

/** PagerDuty's Events API v2 of its service region in the United States. */
export const PAGER_DUTY_ENDPOINT = "https://events.pagerduty.com/v2/enqueue";

/** Webhooks whose keys do not fit their type, or whose connection they cannot use. */
export function channelProblems(raw: unknown): PathProblem[] {
  return [
    ...connectionProblems(raw),
    ...listAt(raw, [...WEBHOOKS]).flatMap((_, index) => keyProblems(raw, index)),
  ];
}

function keyProblems(raw: unknown, index: number): PathProblem[] {
  const key = (name: string) => at(raw, [...WEBHOOKS, index, name]);
  const type = key("type").value;
  const missing = (name: string, what: string): PathProblem[] =>
    key(name).value === undefined ? [{ path: key(name).path, expected: what, found: "nothing" }] : [];
  const ofJira = (name: string): PathProblem[] =>
    key(name).value === undefined
      ? []
      : [
          {
            path: key(name).path,
            expected: `no ${name}: it belongs to the type jira`,
            found: render(key(name).value),
          },
        ];
  switch (type) {
    case "pagerDuty":
      return [...ofJira("project"), ...ofJira("issueType")];
    case "generic":
      return [
        ...missing("endpoint", "the https URL that gets the POST"),
        ...ofJira("project"),
        ...ofJira("issueType"),
      ];
    case "jira":
      return [
        ...missing("endpoint", "the https URL that creates issues"),
        ...missing("project", "the key of the Jira project that gets the issues"),
      ];
    default:
      return [];
  }
}

/** Connections that are not in the security account, or not in the Region of IAM's events. */
function connectionProblems(raw: unknown): PathProblem[] {
  const accountId = valueAt(raw, ["securityAccount", "id"]);
  const partition = PARTITIONS.find((each) => each === (valueAt(raw, ["partition"]) ?? DEFAULT_PARTITION));
  if (partition === undefined || typeof accountId !== "string") {
    return [];
  }
  const region = IAM_REGIONS[partition];
  return listAt(raw, [...WEBHOOKS]).flatMap((_, index) => {
    const { value, path } = at(raw, [...WEBHOOKS, index, "connectionArn"]);
    const arn = typeof value === "string" ? parseArn(value) : undefined;
    const isReachable =
      arn === undefined ||
      (arn.partition === partition && arn.region === region && arn.accountId === accountId);
    return isReachable
      ? []
      : [
          {
            path,
            expected: `a connection of the security account in ${region}: arn:${partition}:events:${region}:${accountId}:connection/...`,
            found: render(value),
          },
        ];
  });
}

/** Names of webhooks, which have to differ. */
export function webhookNames(raw: unknown) {
  return listAt(raw, [...WEBHOOKS]).map((_, index) => at(raw, [...WEBHOOKS, index, "name"]));
}
