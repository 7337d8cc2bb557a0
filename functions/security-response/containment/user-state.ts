import { INLINE_POLICY_NAME, type METHODS } from "../../contract";
import type { Failure } from "./incident";

/** A way to deny a user everything. */
export type Method = Exclude<(typeof METHODS)[number], "none">;

export interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** What IAM shows of a user. A property that is undefined was not read, or could not be. */
export interface UserState {
  /** IAM's id, which unlike the name never changes. */
  readonly id?: string;
  readonly arn?: string;
  readonly tags?: readonly Tag[];
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
  /** Whether the inline policy of our name denies everything. The name alone proves nothing. */
  readonly inlineDeny?: boolean;
  /** ARN of the permissions boundary; empty when there is none. */
  readonly boundary?: string;
  /** Whether the quarantine policy of the account denies everything: an administrator can change it. */
  readonly policyDenies?: boolean;
}

/** What of a user is read by one call of IAM, or by one and its pages. */
export type Aspect =
  | "identity"
  | "tags"
  | "accessKeys"
  | "consolePassword"
  | "sshPublicKeys"
  | "serviceCredentials"
  | "signingCertificates"
  | "mfaDevices"
  | "groups"
  | "attachedPolicies"
  | "inlinePolicies"
  | "inlineDeny";

/** A user as one or several reads showed it. */
export interface Reading {
  readonly state: UserState;
  /** What could not be read, which is never taken for none. Without an aspect: the quarantine policy. */
  readonly failed: readonly (Failure & { readonly aspect?: Aspect })[];
}

/**
 * The ways by which the user is denied everything, as far as the state shows. A quarantine policy that could
 * not be read counts as intact: the response says that it could not.
 */
export function denialsIn(state: UserState, policyArn: string): Method[] {
  const isIntact = state.policyDenies !== false;
  return [
    ...(isIntact && state.attachedPolicies?.some(({ arn }) => arn === policyArn)
      ? (["managed-policy"] as const)
      : []),
    ...(state.inlineDeny ? (["inline-policy"] as const) : []),
    ...(isIntact && state.boundary === policyArn ? (["permissions-boundary"] as const) : []),
  ];
}

/** The attached policies except the quarantine policy. */
export function foreignPolicies(
  { attachedPolicies = [] }: UserState,
  policyArn: string,
): { readonly name: string; readonly arn: string }[] {
  return attachedPolicies.filter(({ arn }) => arn !== policyArn);
}

/** The inline policies except the deny. */
export function foreignInlinePolicies({ inlinePolicies = [], inlineDeny }: UserState): string[] {
  return inlinePolicies.filter((name) => !inlineDeny || name !== INLINE_POLICY_NAME);
}
