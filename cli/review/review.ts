import { z } from "zod";
import { MODES } from "../../functions/contract";

/**
 * How an account stands, worst first: accounts are sorted by it, and the first one that holds counts.
 *
 * - `uncovered`: an active account of the organization that `rollout.yaml` does not list.
 * - `unreadable`: its state, or what else was asked of it, could not be read: something may be missing.
 * - `not-deployed`: its state is missing, or has no resources.
 * - `differs`: its state is not what this checkout configures.
 * - `drifted`: AWS has something else than its state (with `--drift`).
 * - `unhealthy`: a quarantine has a gap, or its last drill failed or is overdue (with `--live`).
 * - `left`: `rollout.yaml` lists it, and it is no active account of the organization (with `--organization`).
 * - `excluded`: an active account that `accountImport.exclude` leaves out (with `--organization`).
 * - `as-configured`: none of these.
 */
export const ACCOUNT_STATUSES = [
  "uncovered",
  "unreadable",
  "not-deployed",
  "differs",
  "drifted",
  "unhealthy",
  "left",
  "excluded",
  "as-configured",
] as const;

/** ISO 8601, UTC. */
const time = z.string();

/** One attribute of one resource. Values are as people read them, and long ones are cut. */
const difference = z
  .strictObject({
    address: z.string().describe("Terraform's address of the resource, such as `aws_sns_topic.alerts`."),
    attribute: z
      .string()
      .describe(
        "Path in the resource, such as `environment.0.variables.MODE`; empty for the whole resource.",
      ),
    expected: z.string().describe("`absent` when the resource or attribute should not be there."),
    found: z.string().describe("`absent` when the resource or attribute is not there."),
  })
  .describe("Where two descriptions of one account disagree.");

const deployedFunction = z.strictObject({
  name: z.string().describe("Name of the Lambda function, such as `security-response`."),
  sha256: z
    .string()
    .describe("Base64 SHA-256 of its package, as Lambda reports it; empty when the state has none."),
  isCurrent: z.boolean().describe("It is the package that this checkout builds."),
});

const deployed = z.strictObject({
  version: z.string().nullable().describe("Version of this project that was deployed, such as `0.3.0`."),
  mode: z.enum(MODES).nullable().describe("Mode that was deployed; null for what has no mode."),
  functions: z.array(deployedFunction),
  resources: z.int().nonnegative().describe("Resources in the state."),
  serial: z.int().nonnegative().describe("Terraform's serial of the state, which grows with every change."),
  appliedAt: time
    .nullable()
    .describe("When the state was last written; null where the backend does not say."),
});

const quarantinedUser = z.strictObject({
  userName: z.string(),
  status: z.string().describe("Value of the tag `SecurityStatus`; empty without it."),
  since: z.string().describe("What the tag says: ISO 8601, UTC; empty without it."),
  gap: z.array(z.string()).describe("What is missing from the state in which the user should be."),
});

const drill = z.strictObject({
  at: time.describe("When its outcome reached the security account."),
  isPassed: z.boolean(),
  containedSeconds: z.number().nullable(),
  deniedSeconds: z.number().nullable(),
});

const live = z.strictObject({
  users: z.array(quarantinedUser).describe("Users that are, were or should be quarantined."),
  lastDrill: drill.nullable().describe("Null when none is in the audit log, or the account runs none."),
  problems: z.array(z.string()).describe("What could not be asked, and why."),
});

const account = z.strictObject({
  id: z.string().describe("12 digits."),
  name: z
    .string()
    .describe("Name in `rollout.yaml`; of an uncovered account, the one that AWS Organizations has."),
  kind: z
    .enum(["security", "target", "management", "uncovered"])
    .describe("`management` is the account that the guard is deployed into."),
  unit: z.string().nullable().describe("Path of its organizational unit, such as `/Workloads/Prod`."),
  wave: z.string().nullable().describe("Null for every kind but `target`."),
  mode: z.enum(MODES).nullable().describe("Mode in `rollout.yaml`; null for every kind but `target`."),
  trust: z.string().describe("Whose users are left alone, in a sentence; empty for every kind but `target`."),
  guard: z
    .enum(["attached", "not-attached", "not-covered", "off", "unknown"])
    .describe(
      "`not-attached`: the configuration has the guard bind it, and the guard's state does not. `not-covered`: the configuration leaves it out, or it is the account that the guard is deployed into. `unknown`: the guard's state could not be read, or the guard is attached to organizational units and `--organization` was not given.",
    ),
  status: z.enum(ACCOUNT_STATUSES),
  problems: z
    .array(z.string())
    .describe("Why it has that status, one sentence each; empty when as configured."),
  deployed: deployed.nullable().describe("Null when nothing is deployed, or nothing could be read."),
  differences: z.array(difference).describe("Expected: this checkout. Found: the state."),
  drift: z
    .array(difference)
    .nullable()
    .describe("Expected: the state. Found: AWS. Null when AWS was not asked (`--drift`)."),
  live: live.nullable().describe("Null when AWS was not asked (`--live`)."),
});

/** The shape of `quarantine review --json`, and what every view of a review is made from. */
export const reviewSchema = z.strictObject({
  format: z.literal(1).describe("Grows when a reader of an earlier one would misread this one."),
  reviewedAt: time,
  version: z.string().describe("Version of this checkout."),
  organizationId: z.string(),
  backend: z.enum(["local", "s3", "cloud"]),
  asked: z
    .strictObject({ organization: z.boolean(), drift: z.boolean(), live: z.boolean() })
    .describe("What was asked beside the states."),
  waves: z.array(z.string()).describe("In the order of the rollout."),
  accounts: z.array(account).describe("Worst first, then in the order of the rollout."),
});

/** What `quarantine review` found. Text from AWS in it is as it came: each view escapes it in its own way. */
export type Review = z.output<typeof reviewSchema>;

/** An account of the organization, and how it stands. */
export type ReviewedAccount = z.output<typeof account>;

export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];

/** Where two descriptions of one account disagree. */
export type Difference = z.output<typeof difference>;

/** What AWS says of one account beside its state. */
export type LiveReading = z.output<typeof live>;
