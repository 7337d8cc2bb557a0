import { INLINE_POLICY_NAME, type METHODS } from "../../contract";
import type { CredentialKind } from "../../shared/alert/stopped-credentials";
import type { Failure } from "./incident";

/** A way to deny a user everything. */
export type Method = Exclude<(typeof METHODS)[number], "none">;

export interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** A credential that can be set inactive and active again. */
export interface Credential {
  readonly id: string;
  readonly active: boolean;
}

/** What IAM shows of a user. A property that is undefined was not read, or could not be. */
export interface UserState {
  /** IAM's id, which unlike the name never changes. */
  readonly id?: string;
  readonly arn?: string;
  readonly tags?: readonly Tag[];
  readonly accessKeys?: readonly Credential[];
  readonly consolePassword?: boolean;
  readonly sshPublicKeys?: readonly Credential[];
  /** `name` is the service and the user name in it. */
  readonly serviceCredentials?: readonly (Credential & { readonly name: string })[];
  readonly signingCertificates?: readonly Credential[];
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

/** Ids of the credentials of each kind that are active, or that are not. */
export function credentialsThat(
  { accessKeys, sshPublicKeys, serviceCredentials, signingCertificates }: UserState,
  are: "active" | "inactive",
): { readonly credential: CredentialKind; readonly id: string }[] {
  const all: readonly [CredentialKind, readonly Credential[] | undefined][] = [
    ["access key", accessKeys],
    ["SSH public key", sshPublicKeys],
    ["service-specific credential", serviceCredentials],
    ["signing certificate", signingCertificates],
  ];
  return all.flatMap(([credential, list = []]) =>
    list.filter(({ active }) => active === (are === "active")).map(({ id }) => ({ credential, id })),
  );
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
