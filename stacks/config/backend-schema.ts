import { z } from "zod";
import { text } from "./text";

/** The kinds of state; `type` names one. */
const TYPES = ["local", "s3", "cloud"] as const;

const local = z.strictObject({
  type: z.literal("local"),
  // Terraform reads ${ and %{ as the beginning of a template.
  directory: text(/^(?:(?![$%]\{).)+$/, "a folder, whose name has no ${ and no %{")
    .optional()
    .describe("Folder of the state files, relative to this file. One file per account id."),
});

/**
 * The rule is Terraform's (its s3 backend, "kms_key_id"): an alias, a key's id, or that of a multi-Region
 * key.
 */
const KMS_KEY_ARN =
  /^arn:aws(?:-cn|-us-gov)?:kms:[a-z0-9-]+:\d{12}:(?:alias\/[\w/-]+|key\/(?:mrk-[a-f0-9]{32}|[a-f0-9]{8}-[a-f0-9]{4}-[1-5][a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}))$/;

const s3 = z.strictObject({
  type: z.literal("s3"),
  bucket: text(
    /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    "the name of an S3 bucket: 3 to 63 lower-case letters, digits, hyphens and dots",
  ).describe("Bucket of the state files. Give it versioning, and nobody but the deployment access."),
  region: text(/^[a-z]{2}(?:-[a-z]+)+-\d$/, "an AWS Region such as eu-central-1").describe(
    "Region of the bucket.",
  ),
  keyPrefix: text(
    /^(?!.{513})\w[\w.-]*(?:\/\w[\w.-]*)*$/,
    "letters, digits and _.-, in parts divided by /, such as security/quarantine",
  )
    .optional()
    .describe("Folder of the state files in the bucket. One object per account id."),
  kmsKeyId: text(
    KMS_KEY_ARN,
    "the ARN of a KMS key or of an alias, such as arn:aws:kms:eu-central-1:111122223333:alias/terraform-state",
  )
    .optional()
    .describe("ARN of the KMS key, or of its alias, that encrypts the state. Without it, S3's own key does."),
  roleArn: text(
    /^arn:aws(?:-cn|-us-gov)?:iam::\d{12}:role\/(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
    "the ARN of a role, such as arn:aws:iam::111122223333:role/terraform-state",
  )
    .optional()
    .describe("Role that Terraform assumes for the state alone. Without it, its own credentials."),
});

const cloud = z.strictObject({
  type: z.literal("cloud"),
  organization: text(
    /^[\w-]{3,40}$/,
    "the name of an HCP Terraform organization: 3 to 40 letters, digits, hyphens and underscores",
  ).describe("Organization in HCP Terraform."),
  workspacePrefix: text(
    /^[\w-]{1,78}$/,
    "1 to 78 letters, digits, hyphens and underscores, which the account id follows",
  )
    .optional()
    .describe("Beginning of the names of the workspaces. One workspace per account id."),
  project: text(
    /^(?=.{3,40}$)[\w-]+(?: +[\w-]+)*$/,
    "the name of a project: 3 to 40 letters, digits, inner spaces, hyphens and underscores",
  )
    .optional()
    .describe("Project in which new workspaces are made."),
  hostname: text(
    /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?::\d{1,5})?$/,
    "the host of a Terraform Enterprise installation, such as terraform.example.com",
  )
    .optional()
    .describe("Host of a Terraform Enterprise installation, instead of HCP Terraform."),
});

/** Where Terraform keeps the state of every account. */
export const backendSchema = z
  .discriminatedUnion("type", [local, s3, cloud], { error: `one of ${TYPES.join(", ")}` })
  .describe("Where Terraform keeps its state: one per account id.");

/** `backend` as written: optional keys may be missing. */
export type BackendFile = z.infer<typeof backendSchema>;
