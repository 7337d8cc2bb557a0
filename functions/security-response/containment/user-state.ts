import { INLINE_POLICY_NAME, METHODS } from "../../contract";
import type { CredentialKind } from "../../shared/alert/stopped-credentials";
import type { Failure } from "./incident";

/** A way to deny a user everything. */
export type Method = Exclude<(typeof METHODS)[number], "none">;

/** All ways to deny, in the order in which they are tried. */
export const DENIALS: readonly Method[] = METHODS.filter((method) => method !== "none");

export interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** A credential that can be set inactive and active again. */
export interface Credential {
  readonly id: string;
  readonly active: boolean;
  /** ISO 8601, UTC, to the second; undefined when IAM does not say. */
  readonly createdAt?: string;
}

/** What IAM shows of a user. A property that is undefined was not read, or could not be. */
export interface UserState {
  /** IAM's id, which unlike the name never changes. */
  readonly id?: string;
  readonly arn?: string;
  /** ISO 8601, UTC, to the second. */
  readonly createdAt?: string;
  readonly tags?: readonly Tag[];
  readonly accessKeys?: readonly Credential[];
  readonly consolePassword?: boolean;
  /** ISO 8601, UTC, to the second. */
  readonly passwordCreatedAt?: string;
  /** The same; undefined for a password that was never used, too. */
  readonly passwordLastUsed?: string;
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

/** A credential, and what it is. */
export interface NamedCredential extends Credential {
  readonly credential: CredentialKind;
}

/** The credentials of each kind that can be set inactive. */
export function credentialsOf({
  accessKeys,
  sshPublicKeys,
  serviceCredentials,
  signingCertificates,
}: UserState): NamedCredential[] {
  const all: readonly [CredentialKind, readonly Credential[] | undefined][] = [
    ["access key", accessKeys],
    ["SSH public key", sshPublicKeys],
    ["service-specific credential", serviceCredentials],
    ["signing certificate", signingCertificates],
  ];
  return all.flatMap(([credential, list = []]) => list.map((each) => ({ ...each, credential })));
}

/** Ids of those that are active, or that are not. */
export function credentialsThat(
  state: UserState,
  are: "active" | "inactive",
): { readonly credential: CredentialKind; readonly id: string }[] {
  return credentialsOf(state)
    .filter(({ active }) => active === (are === "active"))
    .map(({ credential, id }) => ({ credential, id }));
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

/** What people call what a user holds, whether it was read or could not be. */
export const HELD_LABELS = {
  accessKeys: "access keys",
  consolePassword: "console password",
  sshPublicKeys: "SSH public keys",
  serviceCredentials: "service-specific credentials",
  signingCertificates: "signing certificates",
  mfaDevices: "MFA devices",
  groups: "groups",
  attachedPolicies: "attached policies",
  inlinePolicies: "inline policies",
} as const satisfies Partial<Readonly<Record<Aspect & keyof UserState, string>>>;

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
  return DENIALS.filter(
    (method) =>
      (method === "inline-policy" || state.policyDenies !== false) && isListed(state, method, policyArn),
  );
}

/**
 * Whether IAM lists a way to deny, whatever the quarantine policy says by now; undefined when it was not
 * read.
 */
export function isListed(state: UserState, method: Method, policyArn: string): boolean | undefined {
  switch (method) {
    case "managed-policy":
      return state.attachedPolicies?.some(({ arn }) => arn === policyArn);
    case "inline-policy":
      return state.inlineDeny;
    case "permissions-boundary":
      return state.boundary === undefined ? undefined : state.boundary === policyArn;
  }
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
