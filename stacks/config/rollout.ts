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
  readonly backend: LocalState;
  readonly securityAccount: SecurityAccount;
  /** In the order of the rollout. */
  readonly waves: readonly string[];
  readonly accounts: readonly Account[];
}

export interface LocalState {
  readonly type: "local";
  /** Absolute path of the folder that holds one state file per account id. */
  readonly directory: string;
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
