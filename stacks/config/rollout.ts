import type { Mode, TrustSettings } from "../../functions/contract";
import type { Partition } from "../names";

/** The configuration with every default applied: what the stacks are built from. */
export interface Rollout {
  readonly organizationId: string;
  readonly partition: Partition;
  /** Role in every account that Terraform assumes. */
  readonly deploymentRole: string;
  /** Version constraint of the AWS provider. */
  readonly providerVersion: string;
  readonly backend: Backend;
  readonly securityAccount: SecurityAccount;
  /** In the order of the rollout. */
  readonly waves: readonly string[];
  readonly accounts: readonly Account[];
}

/** Where Terraform keeps the state of every account. */
export type Backend = LocalState | S3State | CloudState;

export interface LocalState {
  readonly type: "local";
  /** Absolute path of the folder that holds one state file per account id. */
  readonly directory: string;
}

/** One object per account id in a bucket, with its lock file beside it while Terraform works. */
export interface S3State {
  readonly type: "s3";
  readonly bucket: string;
  /** Region of the bucket. */
  readonly region: string;
  /** Folder in the bucket, without a slash at its end. */
  readonly keyPrefix: string;
  /** ARN of a KMS key or alias; undefined leaves it to the keys of S3 itself (SSE-S3). */
  readonly kmsKeyId: string | undefined;
  /** Role assumed for the state alone; undefined uses Terraform's own credentials. */
  readonly roleArn: string | undefined;
}

/** One workspace per account id in HCP Terraform, or in Terraform Enterprise. */
export interface CloudState {
  readonly type: "cloud";
  readonly organization: string;
  readonly workspacePrefix: string;
  /** Project of new workspaces; undefined is the organization's default project. */
  readonly project: string | undefined;
  /** Host of Terraform Enterprise; undefined is HCP Terraform. */
  readonly hostname: string | undefined;
}

export interface SecurityAccount {
  readonly name: string;
  readonly id: string;
  readonly notificationEmails: readonly string[];
  readonly logRetentionDays: number;
  readonly archiveRetentionDays: number;
}

/** A target account. */
export interface Account {
  readonly name: string;
  readonly id: string;
  readonly wave: string;
  readonly mode: Mode;
  readonly notificationEmails: readonly string[];
  readonly logRetentionDays: number;
  readonly deactivateAccessKeys: boolean;
  readonly deleteLoginProfile: boolean;
  /** Undefined leaves the responder in the account's shared pool. */
  readonly reservedConcurrency: number | undefined;
  readonly attackSimulation: boolean;
  /** The organization's trust and the account's own. */
  readonly trust: TrustSettings;
}
