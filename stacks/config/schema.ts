import { z } from "zod";
import { MODES, UNKNOWN_CREATOR_ACTIONS } from "../../functions/contract";
import { PARTITIONS } from "../names";
import { accountImportSchema } from "./account-import";
import { backendSchema } from "./backend";
import { channelsSchema } from "./channels";
import { DEFAULT_CONCURRENCY_QUOTA } from "./concurrency";
import { accountId, DEFAULT_PARTITION, roleName, text } from "./fields";
import { guardSchema } from "./guard";
import { isSupportedProviderVersion, PROVIDER_VERSION_RULE } from "./provider-version";
import { resourceSettings } from "./resource-settings";
import { trustSchema } from "./trust";

/** Days of retention that CloudWatch Logs accepts (PutRetentionPolicy). */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** Name of the security account, and of its stack, where the file gives none. */
export const DEFAULT_SECURITY_ACCOUNT_NAME = "security";

/** The same of the management account. */
export const DEFAULT_MANAGEMENT_ACCOUNT_NAME = "management";

/** Commands take a name or an id of an account, so no name may be the id of another account. */
const accountName = text(
  /^(?!\d{12}$)[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$/,
  "1 to 50 lower-case letters, digits and hyphens, beginning and ending with a letter or digit, and not 12 digits as an account id",
);
const waveName = text(/^[a-z0-9][a-z0-9-]{0,49}$/, "lower-case letters, digits and hyphens");
const emails = z.array(z.email({ error: "an email address" }));
const logRetentionDays = z.literal([...LOG_RETENTION_DAYS], {
  error: `one of ${LOG_RETENTION_DAYS.join(", ")}`,
});
const CONCURRENCY_RULE = { error: "a whole number from 1" };
const SLOW_RULE = { error: "whole seconds from 1 to 86400" };
const ARCHIVE_DAYS_RULE = { error: "a whole number of days from 1" };

/** Settings of an account, with what holds when neither the account nor `defaults` has them. */
const settings = {
  mode: z
    .enum(MODES, { error: `one of ${MODES.join(", ")}` })
    .describe("`enforce` quarantines, `observe` only alerts, `off` deploys the rules disabled.")
    .default("enforce"),
  notificationEmails: emails
    .describe("Mail addresses for alerts about responses in the account.")
    .default([]),
  logRetentionDays: logRetentionDays
    .describe(
      "Days the functions' logs are kept. A sweep looks a week back: with less than 7, it responds again to users whose answers the log has lost.",
    )
    .default(365),
  deactivateAccessKeys: z
    .boolean()
    .describe(
      "Set the access keys, SSH public keys, service-specific credentials and signing certificates of a quarantined user inactive.",
    )
    .default(true),
  deleteLoginProfile: z
    .boolean()
    .describe("Delete the console password of a quarantined user. It cannot be restored.")
    .default(false),
  reservedConcurrency: z
    .int(CONCURRENCY_RULE)
    .min(1, CONCURRENCY_RULE)
    .optional()
    .describe(
      "Concurrent executions set aside for the responder, which is also its limit: at most `concurrencyQuota` less 100. Without it, the account's shared pool.",
    ),
  concurrencyQuota: z
    .int(CONCURRENCY_RULE)
    .min(1, CONCURRENCY_RULE)
    .describe(
      "Lambda's quota of concurrent executions in the account. New accounts begin with 10 and can reserve nothing.",
    )
    .default(DEFAULT_CONCURRENCY_QUOTA),
  attackSimulation: z.boolean().describe("Deploy the function `attack-simulation`.").default(false),
};

const account = z.strictObject({
  name: accountName.describe(
    "Name of the account and of its stack. Renaming it moves neither its state nor its addresses.",
  ),
  id: accountId.describe("12 digits, in quotes: an unquoted id that starts with 0 loses the zero."),
  wave: waveName.describe("One of `waves`: the step of the rollout in which this account is deployed."),
  ...withoutDefaults(settings),
  trust: trustSchema.optional().describe("Trust of this account, in addition to the organization's."),
});

const securityAccount = z
  .strictObject({
    name: accountName
      .describe("Name of the security account's stack.")
      .default(DEFAULT_SECURITY_ACCOUNT_NAME),
    id: accountId.describe("12 digits, in quotes. The security account itself is not a target."),
    notificationEmails: emails
      .describe("Mail addresses for alerts about responses in all accounts.")
      .default([]),
    logRetentionDays: logRetentionDays.describe("Days the audit log is kept.").default(365),
    archiveRetentionDays: z
      .int(ARCHIVE_DAYS_RULE)
      .min(1, ARCHIVE_DAYS_RULE)
      .describe("Days the events can be replayed from the archive.")
      .default(90),
    dashboard: z
      .boolean()
      .describe("The CloudWatch dashboard `security-events`, with a link in every mail of this account.")
      .default(true),
    slowContainmentSeconds: z
      .int(SLOW_RULE)
      .min(1, SLOW_RULE)
      .max(86_400, SLOW_RULE)
      .describe(
        "An alarm goes off when the containment of a user takes this many seconds or more, counted from its creation. CloudTrail alone takes up to 90, and a failed response is retried after one and two minutes.",
      )
      .default(300),
    channels: channelsSchema.prefault({}),
  })
  .describe("The account with the central bus, to which all target accounts forward.");

const managementAccount = z
  .strictObject({
    name: accountName.describe("Name of this account's stack.").default(DEFAULT_MANAGEMENT_ACCOUNT_NAME),
    id: accountId.describe("12 digits, in quotes. Neither a target nor the security account."),
    deploymentRole: roleName
      .optional()
      .describe(
        "Role in this account that Terraform assumes. Without it, Terraform uses its own credentials, which must belong to this account, since Organizations creates no role here.",
      ),
  })
  .describe(
    "The organization's management account, or a delegated administrator for service control policies. Only the guard is deployed into it.",
  );

const SWEEP_RULE = { error: "0 for off, or whole minutes from 5 to 720" };

const sweep = z
  .strictObject({
    everyMinutes: z
      .int(SWEEP_RULE)
      .refine((minutes) => minutes === 0 || (minutes >= 5 && minutes <= 720), SWEEP_RULE)
      .describe("Minutes from one sweep to the next, from 5 to 720; 0 for none.")
      .default(15),
    unknownCreator: z
      .enum(UNKNOWN_CREATOR_ACTIONS, { error: `one of ${UNKNOWN_CREATOR_ACTIONS.join(", ")}` })
      .describe(
        "What to do about a new user whose creation is not in CloudTrail after 15 minutes: `alert` or `quarantine`.",
      )
      .default("alert"),
  })
  .describe(
    "The function `quarantine-sweep` of each target account, which finds new users and undone quarantines that no event reported.",
  );

const DRILL_RULE = { error: "0 for off, or whole hours from 1 to 24" };

const drill = z
  .strictObject({
    everyHours: z
      .int(DRILL_RULE)
      .min(0, DRILL_RULE)
      .max(24, DRILL_RULE)
      .describe("Hours from one drill to the next, from 1 to 24; 0 for none. Once a day is enough.")
      .default(0),
  })
  .describe(
    "The function `quarantine-drill` of each account that enforces, which tests the response with a user of its own.",
  );

/** What a person writes into `rollout.yaml`: the one source of its types, defaults and documentation. */
export const rolloutSchema = z.strictObject({
  organizationId: text(/^o-[a-z0-9]{10,32}$/, "an organization id such as o-exampleorgid").describe(
    "Only principals of this AWS organization may put events on the central bus.",
  ),
  partition: z
    .enum(PARTITIONS, { error: `one of ${PARTITIONS.join(", ")}` })
    .describe(
      "`aws`, `aws-us-gov` or `aws-cn`. It also decides the Region, since IAM's events appear in one Region only. `aws-eusc` is not supported yet.",
    )
    .default(DEFAULT_PARTITION),
  deploymentRole: roleName
    .describe("Role in every account that Terraform assumes.")
    .default("OrganizationAccountAccessRole"),
  ...resourceSettings,
  providerVersion: z
    .string({ error: PROVIDER_VERSION_RULE })
    .refine(isSupportedProviderVersion, { error: PROVIDER_VERSION_RULE })
    .describe("Version constraint of the AWS provider, from 5.100.0 to below 7.")
    // The version that the bindings of @cdktf/provider-aws were made from.
    .default("6.25.0"),
  backend: backendSchema.prefault({ type: "local" }),
  runbookUrl: text(
    // Lambda's environment has 4 KB in all.
    /^https:\/\/[\w.~:/@%+-]{1,192}$/,
    "the https URL of a page, of at most 200 characters, without a query and without a fragment",
  )
    .optional()
    .describe(
      "Address at which your team reads docs/runbook.md: every alert links to its section. Without it, alerts name the section in words.",
    ),
  securityAccount,
  managementAccount: managementAccount.optional(),
  guard: guardSchema.prefault({}),
  sweep: sweep.prefault({}),
  drill: drill.prefault({}),
  defaults: z
    .strictObject(settings)
    .describe("Settings of every account that does not override them.")
    .prefault({}),
  trust: trustSchema
    .optional()
    .describe("Legitimate creations: recorded in the audit log, neither quarantined nor alerted."),
  waves: z
    .array(waveName)
    .min(1, { error: "at least one wave" })
    .describe(
      "Names of the steps of the rollout, in the order in which they are deployed. `cdktf deploy` does not act on them.",
    ),
  accounts: z
    .array(account)
    .min(1, { error: "at least one target account" })
    .describe("The target accounts."),
  accountImport: accountImportSchema.optional(),
});

/** `rollout.yaml` as written: keys with a default may be missing. */
export type RolloutFile = z.input<typeof rolloutSchema>;

/** `rollout.yaml` with the defaults, before `defaults` and `trust` are given to the accounts. */
export type CheckedFile = z.output<typeof rolloutSchema>;

/** The same keys, each optional: an account takes from `defaults` what it leaves out. */
function withoutDefaults<Shape extends Readonly<Record<string, z.ZodType>>>(shape: Shape) {
  const entries = Object.entries(shape).map(([key, schema]) => [
    key,
    schema instanceof z.ZodDefault ? z.optional(schema.unwrap() as z.ZodType) : schema,
  ]);
  return Object.fromEntries(entries) as { [Key in keyof Shape]: WithoutDefault<Shape[Key]> };
}

type WithoutDefault<Schema> = Schema extends z.ZodDefault<infer Inner> ? z.ZodOptional<Inner> : Schema;
