import { INLINE_POLICY_NAME, METHODS } from "../../contract";
import type { CredentialKind } from "../../shared/alert/stopped-credentials";
import type { Failure } from "./incident";

/** A deny method. */
export type Method = Exclude<(typeof METHODS)[number], "none">;

/** All deny methods, in the order in which they are tried. */
export const DENIALS: readonly Method[] = METHODS.filter((method) => method !== "none");

export interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** A credential that can be set inactive and active again. */
export interface Credential {
  readonly id: string;
  readonly active: boolean;
  /** ISO 8601, UTC, to the second; undefined when IAM does not state it. */
  readonly createdAt?: string;
}

/** What IAM shows of a user. An undefined property was not read, or could not be read. */
export interface UserState {
  /** IAM's id, which unlike the name never changes. */
  readonly id?: string;
  readonly arn?: string;
  readonly tags?: readonly Tag[];
  readonly accessKeys?: readonly Credential[];
  readonly consolePassword?: boolean;
  /** ISO 8601, UTC, to the second. */
  readonly passwordCreatedAt?: string;
  /** The same; also undefined for a password that was never used. */
  readonly passwordLastUsed?: string;
  readonly sshPublicKeys?: readonly Credential[];
  /** `name` has the service and the user name for it. */
  readonly serviceCredentials?: readonly (Credential & { readonly name: string })[];
  readonly signingCertificates?: readonly Credential[];
  readonly mfaDevices?: readonly string[];
  readonly groups?: readonly string[];
  readonly attachedPolicies?: readonly { readonly name: string; readonly arn: string }[];
  readonly inlinePolicies?: readonly string[];
  /** Whether the inline policy with our name denies everything: its name alone proves nothing. */
  readonly inlineDeny?: boolean;
  /** ARN of the permissions boundary; empty when there is none. */
  readonly boundary?: string;
  /** Whether the quarantine policy of the account denies everything: an administrator can change it. */
  readonly policyDenies?: boolean;
}

/** A credential and its kind. */
export interface NamedCredential extends Credential {
  readonly credential: CredentialKind;
}

/** All credentials that can be set inactive. */
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

/** The credentials that are active, or those that are inactive. */
export function credentialsThat(
  state: UserState,
  are: "active" | "inactive",
): { readonly credential: CredentialKind; readonly id: string }[] {
  return credentialsOf(state)
    .filter(({ active }) => active === (are === "active"))
    .map(({ credential, id }) => ({ credential, id }));
}

/** A part of the user's state that is read by one IAM call, with its pages. */
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

/** Names for people of what a user may have. */
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

/** The result of one or several reads of a user. */
export interface Reading {
  readonly state: UserState;
  /** What could not be read. A failure without an aspect concerns the quarantine policy. */
  readonly failed: readonly (Failure & { readonly aspect?: Aspect })[];
}

/**
 * The deny methods that are in effect according to the state. A quarantine policy that could not be read
 * counts as intact; the outcome reports the failure.
 */
export function denialsIn(state: UserState, policyArn: string): Method[] {
  return DENIALS.filter(
    (method) =>
      (method === "inline-policy" || state.policyDenies !== false) && isListed(state, method, policyArn),
  );
}

/**
 * Whether IAM lists a deny method on the user, even if the quarantine policy was tampered with; undefined
 * when that was not read.
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
