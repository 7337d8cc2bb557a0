import { z } from "zod";

/*
 * What the receivers of channels take, as they publish it, for tests that hold our messages against it. Keys
 * that a format does not name are refused.
 */

const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
/** ASFF's NonEmptyString has a character that is no white space. */
const text = (max: number) => z.string().max(max).regex(/\S/);

/**
 * The AWS Security Finding Format, in the parts that we use, with the rules of BatchImportFindings. Sources:
 * Security Hub API reference, AwsSecurityFinding, FindingProviderFields, Resource, Recommendation, and
 * BatchImportFindings (what it cannot update is left out here: Note, UserDefinedFields, VerificationState,
 * Workflow, and what belongs into FindingProviderFields).
 */
export const asffFinding = z.strictObject({
  SchemaVersion: z.literal("2018-10-08"),
  Id: text(512),
  ProductArn: z.string().regex(/^arn:aws[\w-]*:securityhub:[\w-]+:(\d{12}):product\/\1\/default$/),
  ProductName: text(128),
  GeneratorId: text(512),
  AwsAccountId: z.string().regex(/^\d{12}$/),
  CreatedAt: instant,
  UpdatedAt: instant,
  Title: text(256),
  Description: text(1_024),
  FindingProviderFields: z.strictObject({
    Severity: z.strictObject({
      Label: z.enum(["INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"]),
      Original: text(64),
    }),
    Types: z
      .array(
        z
          .string()
          .regex(
            /^(Software and Configuration Checks|TTPs|Effects|Unusual Behaviors|Sensitive Data Identifications)(\/[^/]+){0,2}$/,
          ),
      )
      .max(50),
  }),
  RecordState: z.enum(["ACTIVE", "ARCHIVED"]),
  Resources: z
    .array(
      z.strictObject({
        Type: z.literal("AwsIamUser"),
        Id: z.string().regex(/^arn:aws[\w-]*:iam::\d{12}:user\/\S+$/),
        Partition: z.enum(["aws", "aws-cn", "aws-us-gov"]),
        Details: z.strictObject({
          AwsIamUser: z.strictObject({ UserName: text(64), UserId: text(128).optional() }),
        }),
      }),
    )
    .min(1)
    .max(32),
  Remediation: z.strictObject({
    Recommendation: z.strictObject({ Text: text(512), Url: z.url().optional() }),
  }),
  ProductFields: z
    .record(text(128), text(2_048))
    .refine((fields) => Object.keys(fields).length <= 50, "at most 50 fields"),
});

/** Bytes of a finding. Source: BatchImportFindings. */
export const MAX_FINDING_BYTES = 240 * 1_024;

/**
 * A custom notification. Source: Amazon Q Developer in chat applications administrator guide, "Custom
 * notifications", event schema. It names no lengths where we read it: those here are inferred from what Slack
 * shows without cutting.
 */
export const customNotification = z.strictObject({
  version: z.literal("1.0"),
  source: z.literal("custom"),
  id: z.string().optional(),
  content: z.strictObject({
    textType: z.literal("client-markdown"),
    title: z.string().min(1).max(250),
    description: z.string().min(1).max(3_000),
    nextSteps: z.array(z.string().min(1).max(1_000)).max(10),
    keywords: z.array(z.string().min(1)).max(10),
  }),
  metadata: z.strictObject({
    threadId: z.string().min(1).max(256),
    summary: z.string().min(1),
    eventType: z.string().min(1),
    relatedResources: z.array(z.string()),
    additionalContext: z.record(z.string(), z.string()),
  }),
});

/**
 * An event of PagerDuty's Events API v2, without the routing key, which EventBridge's connection adds.
 * Sources: PagerDuty's OpenAPI document of the Events API v2 (keys and values); its page "Send an event"
 * (summary of 1,024 characters, dedup_key of 255, an event of 512 KB).
 */
export const pagerDutyEvent = z.union([
  z.strictObject({
    event_action: z.literal("trigger"),
    dedup_key: z.string().min(1).max(255),
    client: z.string().optional(),
    client_url: z.url().optional(),
    links: z.array(z.strictObject({ href: z.url(), text: z.string().optional() })).optional(),
    payload: z.strictObject({
      summary: z.string().min(1).max(1_024),
      source: z.string().min(1),
      severity: z.enum(["critical", "error", "warning", "info"]),
      class: z.string().optional(),
      custom_details: z.record(z.string(), z.unknown()),
    }),
  }),
  z.strictObject({
    event_action: z.enum(["acknowledge", "resolve"]),
    dedup_key: z.string().min(1).max(255),
  }),
]);

const adfText = z.strictObject({
  type: z.literal("text"),
  text: z.string().min(1),
  marks: z
    .array(z.strictObject({ type: z.literal("link"), attrs: z.strictObject({ href: z.url() }) }))
    .optional(),
});

/**
 * Jira Cloud's "Create issue". Sources: Jira Cloud platform REST API v3 (description in Atlassian Document
 * Format; the summary is one line of at most 255 characters, a label has no spaces); Atlassian Document
 * Format (doc, paragraph, text, link).
 */
export const jiraIssue = z.strictObject({
  fields: z.strictObject({
    project: z.strictObject({ key: z.string().regex(/^[A-Z][A-Z0-9_]+$/) }),
    issuetype: z.strictObject({ name: z.string().min(1) }),
    summary: z
      .string()
      .min(1)
      .max(255)
      .regex(/^[^\r\n]*$/),
    labels: z.array(z.string().max(255).regex(/^\S+$/)),
    description: z.strictObject({
      type: z.literal("doc"),
      version: z.literal(1),
      content: z.array(z.strictObject({ type: z.literal("paragraph"), content: z.array(adfText).min(1) })),
    }),
  }),
});

/**
 * Bytes of what EventBridge posts to an API destination, with what its connection adds. Source: EventBridge
 * API reference, ConnectionBodyParameter.
 */
export const MAX_WEBHOOK_BYTES = 64 * 1_024;
