import type { StepFailure } from "./incident";

/** Everything a user may act with. A property that is undefined could not be checked. */
export interface UserState {
  readonly accessKeys?: readonly { readonly id: string; readonly active: boolean }[];
  readonly consolePassword?: boolean;
  /** Ids of the active ones, as of the two kinds below. */
  readonly sshPublicKeys?: readonly string[];
  /** `name` is the service and the user name in it. */
  readonly serviceCredentials?: readonly { readonly id: string; readonly name: string }[];
  readonly signingCertificates?: readonly string[];
  readonly mfaDevices?: readonly string[];
  readonly groups?: readonly string[];
  readonly attachedPolicies?: readonly { readonly name: string; readonly arn: string }[];
  readonly inlinePolicies?: readonly string[];
  /** ARN of the permissions boundary; empty when there is none. */
  readonly boundary?: string;
}

export interface Inventory {
  readonly userState: UserState;
  /** The id of whoever had the name at that time; undefined when IAM did not say. */
  readonly userId: string | undefined;
  readonly failed: readonly StepFailure[];
}
