import { z } from "zod";
import { parseArn, type Arn } from "../../functions/shared/arn";
import type { PathProblem } from "./errors";
import { DEFAULT_PARTITION, text } from "./fields";
import { at, render, valueAt } from "./key-path";

/** The kinds of state; `type` names one. */
const TYPES = ["local", "s3", "cloud"] as const;

const local = z.strictObject({
  type: z.literal("local"),
  // Terraform reads ${ and %{ as the beginning of a template.
  directory: text(/^(?:(?![$%]\{).)+$/, "a folder, whose name has no ${ and no %{")
    .describe("Folder of the state files, relative to `rollout.yaml`. One file per account id.")
    .default("state"),
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
  ).describe("Bucket of the state files. Turn on versioning, and give only the deployment access."),
  region: text(/^[a-z]{2}(?:-[a-z]+)+-\d$/, "an AWS Region such as eu-central-1").describe(
    "Region of the bucket.",
  ),
  keyPrefix: text(
    /^(?!.{513})\w[\w.-]*(?:\/\w[\w.-]*)*$/,
    "letters, digits and _.-, in parts divided by /, such as security/quarantine",
  )
    .describe("Folder of the state files in the bucket. One object per account id.")
    .default("iam-user-quarantine"),
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
    .describe(
      "ARN of the role that Terraform assumes only for the state. Without it, Terraform uses its own credentials.",
    ),
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
    .describe(
      "Beginning of the names of the workspaces; the account id follows. One workspace per account id.",
    )
    .default("iam-user-quarantine-"),
  project: text(
    /^(?=.{3,40}$)[\w-]+(?: +[\w-]+)*$/,
    "the name of a project: 3 to 40 letters, digits, inner spaces, hyphens and underscores",
  )
    .optional()
    .describe("Project in which new workspaces are created. Without it, the organization's default project."),
  hostname: text(
    /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?::\d{1,5})?$/,
    "the host of a Terraform Enterprise installation, such as terraform.example.com",
  )
    .optional()
    .describe("Host of a Terraform Enterprise installation. Without it, HCP Terraform."),
});

/** Where Terraform keeps the state of every account. */
export const backendSchema = z
  .discriminatedUnion("type", [local, s3, cloud], { error: `one of ${TYPES.join(", ")}` })
  .describe(
    "Where Terraform keeps the state of every account: `local`, `s3` or `cloud`. Changing it does not move the state: see docs/state.md.",
  );

/** The backend with its defaults. The directory of local state is absolute once the file is loaded. */
export type Backend = z.output<typeof backendSchema>;
export type LocalState = z.output<typeof local>;
export type S3State = z.output<typeof s3>;
export type CloudState = z.output<typeof cloud>;

/**
 * A backend whose parts do not fit each other: its bucket, role or key in another partition than the
 * accounts, where no credentials of this rollout lead, or a key in another Region than the bucket, which S3
 * refuses.
 */
export function backendProblems(raw: unknown): PathProblem[] {
  if (valueAt(raw, ["backend", "type"]) !== "s3") {
    return [];
  }
  const partition: unknown = valueAt(raw, ["partition"]) ?? DEFAULT_PARTITION;
  const region = at(raw, ["backend", "region"]);
  const key = at(raw, ["backend", "kmsKeyId"]);
  const problems: PathProblem[] = [key, at(raw, ["backend", "roleArn"])]
    .filter(({ value }) => (arnOf(value)?.partition ?? partition) !== partition)
    .map(({ value, path }) => ({
      path,
      expected: `an ARN of the partition ${String(partition)}`,
      found: render(value),
    }));
  if (typeof region.value === "string" && partitionOf(region.value) !== partition) {
    const expected = `a Region of the partition ${String(partition)}`;
    problems.push({ path: region.path, expected, found: render(region.value) });
  }
  const keyRegion = arnOf(key.value)?.region;
  if (keyRegion !== undefined && typeof region.value === "string" && keyRegion !== region.value) {
    const expected = `a key in the bucket's Region ${region.value}`;
    problems.push({ path: key.path, expected, found: render(key.value) });
  }
  return problems;
}

/** What is no ARN at all is the schema's to report. */
function arnOf(value: unknown): Arn | undefined {
  return typeof value === "string" ? parseArn(value) : undefined;
}

/** The partition of a Region shows in the beginning of its name. */
function partitionOf(region: string): string {
  if (region.startsWith("cn-")) {
    return "aws-cn";
  }
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
