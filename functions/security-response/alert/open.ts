import { INLINE_POLICY_NAME } from "../../contract";
import { listing } from "../../shared/text";
import type { UserState } from "../containment/user-state";

/** Names of the listings, for those that could not be read. */
const LABELS: Readonly<Record<keyof UserState, string>> = {
  accessKeys: "access keys",
  consolePassword: "console password",
  sshPublicKeys: "SSH public keys",
  serviceCredentials: "service-specific credentials",
  signingCertificates: "signing certificates",
  mfaDevices: "MFA devices",
  groups: "groups",
  attachedPolicies: "attached policies",
  inlinePolicies: "inline policies",
  boundary: "permissions boundary",
};

/**
 * What the user still has, in words. The deny that was read back is left out; what could not be checked is
 * reported as such.
 * @param method the deny that was read back: an inline policy of that name is known to be the deny only when
 * this is `inline-policy`
 */
export function describeOpen(userState: UserState, policyArn: string, method: string): string[] {
  const active = userState.accessKeys?.filter((key) => key.active).map(({ id }) => id) ?? [];
  const boundary = userState.boundary === policyArn ? "" : (userState.boundary ?? "");
  return [
    ...some("active access keys", active),
    ...consoleAccess(userState),
    ...some("SSH public keys", userState.sshPublicKeys),
    ...some(
      "service-specific credentials",
      userState.serviceCredentials?.map(({ id, name }) => `${name} (${id})`),
    ),
    ...some("signing certificates", userState.signingCertificates),
    ...some("groups", userState.groups),
    ...some(
      "attached policies",
      foreignPolicies(userState, policyArn).map(({ name }) => name),
    ),
    ...some("inline policies", foreignInlinePolicies(userState, method)),
    ...(boundary ? [`permissions boundary: ${boundary}`] : []),
    ...unchecked(userState),
  ];
}

/** The attached policies except the quarantine policy. */
export function foreignPolicies(
  { attachedPolicies = [] }: UserState,
  policyArn: string,
): { readonly name: string; readonly arn: string }[] {
  return attachedPolicies.filter(({ arn }) => arn !== policyArn);
}

/**
 * The inline policies except the deny, which an inline policy of that name is known to be only when it was
 * read back.
 */
export function foreignInlinePolicies({ inlinePolicies = [] }: UserState, method: string): string[] {
  return inlinePolicies.filter((name) => method !== "inline-policy" || name !== INLINE_POLICY_NAME);
}

function some(label: string, names: readonly string[] | undefined): string[] {
  return names && names.length > 0 ? [`${label}: ${listing(names)}`] : [];
}

function consoleAccess({ consolePassword, mfaDevices }: UserState): string[] {
  if (!consolePassword) {
    return [];
  }
  return [mfaDevices?.length === 0 ? "console password, without MFA" : "console password"];
}

function unchecked(userState: UserState): string[] {
  const names = Object.keys(LABELS) as (keyof UserState)[];
  return names
    .filter((name) => userState[name] === undefined)
    .map((name) => `${LABELS[name]} could not be checked`);
}
