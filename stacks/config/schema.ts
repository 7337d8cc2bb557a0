import { z } from "zod";
import { MODES } from "../../functions/contract";
import { PARTITIONS } from "../names";
import { accountImportSchema } from "./account-import-schema";
import { backendSchema } from "./backend-schema";
import { isSupportedProviderVersion, PROVIDER_VERSION_RULE } from "./provider-version";
import { text } from "./text";

/** Days of retention that CloudWatch Logs accepts (PutRetentionPolicy). */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const accountId = text(/^\d{12}$/, "12 digits in quotes").describe(
  "12-digit AWS account id, in quotes: an unquoted id that starts with 0 loses the zero.",
);
const accountName = text(
  /^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$/,
  "1 to 50 lower-case letters, digits and hyphens, beginning and ending with a letter or digit",
).describe("Name for people; also the name of the account's stack. Changing it does not move the state.");
const waveName = text(/^[a-z0-9][a-z0-9-]{0,49}$/, "lower-case letters, digits and hyphens");
const email = z.email({ error: "an email address" });
const emails = z.array(email);
/**
 * Pattern of an IAM path or name. Nothing else may pass: Terraform would read `${...}` in it as a template.
 */
const glob = text(/^[\w+=,.@/*?-]{1,512}$/, "letters, digits and _+=,.@-/ with * and ? as wildcards");

/** An IAM role, user or assumed-role session; `*` and `?` may stand in its account, path and name. */
const principalArn = text(
  /^arn:aws(?:-cn|-us-gov)?:(?:iam|sts)::(?:[\d*?]{1,12}):(?:role|user|assumed-role)\/[\w+=,.@/*?-]+$/,
  "an ARN or ARN pattern of a role, user or assumed-role session, such as arn:aws:iam::111122223333:role/onboarding",
);

const narrowing = {
  paths: z.array(glob).min(1).optional().describe("User paths, such as /service/*; * and ? are wildcards."),
  names: z.array(glob).min(1).optional().describe("User names, such as ses-smtp-*; * and ? are wildcards."),
};

const trustedCreator = z
  .strictObject({
    arn: principalArn.describe(
      "Exact ARN, or pattern, of the role (session issuer) or caller. Matched as a whole.",
    ),
    invokedBy: text(/^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/, "a service such as ses.amazonaws.com")
      .optional()
      .describe("Only when this AWS service made the call on the creator's behalf."),
    ...narrowing,
  })
  .describe("A creator whose users are left alone.");

const trustedUsers = z
  .strictObject({
    anyCreator: z
      .literal(true, { error: "true: names and paths alone prove nothing, so this has to be said" })
      .describe(
        "States that whoever creates a user of this path or name is trusted. An attacker can choose both.",
      ),
    ...narrowing,
  })
  .describe("Users that are left alone whoever created them.");

const trust = z
  .strictObject({
    creators: z.array(trustedCreator).optional(),
    users: z.array(trustedUsers).optional(),
  })
  .describe("Legitimate creations: recorded in the audit log, neither quarantined nor alerted.");

const mode = z
  .enum(MODES, { error: `one of ${MODES.join(", ")}` })
  .describe("enforce quarantines; observe alerts and touches nothing; off deploys the rules disabled.");

/** Settings that hold for every account and that an account may override. */
const settings = {
  mode: mode.optional(),
  notificationEmails: emails.optional().describe("Who is mailed about responses in an account."),
  logRetentionDays: z
    .literal([...LOG_RETENTION_DAYS], { error: `one of ${LOG_RETENTION_DAYS.join(", ")}` })
    .optional()
    .describe("Days the functions' logs are kept."),
  deactivateAccessKeys: z
    .boolean()
    .optional()
    .describe("Set the access keys of a quarantined user inactive."),
  deleteLoginProfile: z
    .boolean()
    .optional()
    .describe("Delete the console password of a quarantined user. It cannot be restored."),
  reservedConcurrency: z
    .int({ error: "a whole number from 1 to 1000" })
    .min(1, { error: "a whole number from 1 to 1000" })
    .max(1000, { error: "a whole number from 1 to 1000" })
    .optional()
    .describe("Concurrent executions set aside for the responder, which is also its limit."),
  attackSimulation: z.boolean().optional().describe("Deploy the function attack-simulation."),
};

const account = z.strictObject({
  name: accountName,
  id: accountId,
  wave: waveName.describe("One of waves: the step of the rollout in which this account is deployed."),
  ...settings,
  trust: trust.optional().describe("Added to the organization's trust."),
});

/** What a person writes into `rollout.yaml`. Also the source of `rollout.schema.json`. */
export const rolloutSchema = z.strictObject({
  organizationId: text(/^o-[a-z0-9]{10,32}$/, "an organization id such as o-exampleorgid").describe(
    "Only principals of this AWS organization may put events on the central bus.",
  ),
  partition: z
    .enum(PARTITIONS, { error: `one of ${PARTITIONS.join(", ")}` })
    .optional()
    .describe("AWS partition; it also decides the Region, since IAM's events appear in one Region only."),
  deploymentRole: text(
    /^(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
    "the name of an IAM role, such as Deploy or, with its path, ops/Deploy",
  )
    .optional()
    .describe("Role in every account that Terraform assumes."),
  providerVersion: z
    .string({ error: PROVIDER_VERSION_RULE })
    .refine(isSupportedProviderVersion, { error: PROVIDER_VERSION_RULE })
    .optional()
    .describe("Version constraint of the AWS provider, from 5.100.0 to below 7."),
  backend: backendSchema.optional(),
  securityAccount: z
    .strictObject({
      name: accountName.optional(),
      id: accountId,
      notificationEmails: emails.optional().describe("Who is mailed about responses in all accounts."),
      logRetentionDays: settings.logRetentionDays.describe("Days the audit log is kept."),
      archiveRetentionDays: z
        .int({ error: "a whole number of days from 1" })
        .min(1, { error: "a whole number of days from 1" })
        .optional()
        .describe("Days the events can be replayed from the archive."),
    })
    .describe("The account that sees it all. It holds the central bus and is not a target itself."),
  defaults: z
    .strictObject(settings)
    .optional()
    .describe("Settings of every account that does not override them."),
  trust: trust.optional(),
  waves: z
    .array(waveName)
    .min(1, { error: "at least one wave" })
    .describe("Steps of the rollout, in the order in which they are deployed."),
  accounts: z.array(account).min(1, { error: "at least one target account" }),
  accountImport: accountImportSchema.optional(),
});

/** `rollout.yaml` as written: optional keys may be missing. */
export type RolloutFile = z.infer<typeof rolloutSchema>;
