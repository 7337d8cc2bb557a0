import { INLINE_POLICY_NAME } from "../../contract";
import type { Holdings } from "../containment/holdings";
import { listing } from "../text";

/** Names of the listings, for those that could not be read. */
const LABELS: Readonly<Record<keyof Holdings, string>> = {
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
 * What the user still holds, in words. The deny that was read back is left out; what could not be checked is
 * said.
 * @param method the rung that was read back: only then is the inline policy of that name known to be the deny
 */
export function describeOpen(holdings: Holdings, policyArn: string, method: string): string[] {
  const active = holdings.accessKeys?.filter((key) => key.active).map(({ id }) => id) ?? [];
  const boundary = holdings.boundary === policyArn ? "" : (holdings.boundary ?? "");
  return [
    ...some("active access keys", active),
    ...consoleAccess(holdings),
    ...some("SSH public keys", holdings.sshPublicKeys),
    ...some("service-specific credentials", holdings.serviceCredentials),
    ...some("signing certificates", holdings.signingCertificates),
    ...some("groups", holdings.groups),
    ...some(
      "attached policies",
      foreignPolicies(holdings, policyArn).map(({ name }) => name),
    ),
    ...some("inline policies", foreignInlinePolicies(holdings, method)),
    ...(boundary ? [`permissions boundary: ${boundary}`] : []),
    ...unchecked(holdings),
  ];
}

/** The attached policies but the quarantine. */
export function foreignPolicies(
  { attachedPolicies = [] }: Holdings,
  policyArn: string,
): { readonly name: string; readonly arn: string }[] {
  return attachedPolicies.filter(({ arn }) => arn !== policyArn);
}

/**
 * The inline policies but the deny, which an inline policy of that name is known to be only when it was read
 * back.
 */
export function foreignInlinePolicies({ inlinePolicies = [] }: Holdings, method: string): string[] {
  return inlinePolicies.filter((name) => method !== "inline-policy" || name !== INLINE_POLICY_NAME);
}

function some(label: string, names: readonly string[] | undefined): string[] {
  return names && names.length > 0 ? [`${label}: ${listing(names)}`] : [];
}

function consoleAccess({ consolePassword, mfaDevices }: Holdings): string[] {
  if (!consolePassword) {
    return [];
  }
  return [mfaDevices?.length === 0 ? "console password, without MFA" : "console password"];
}

function unchecked(holdings: Holdings): string[] {
  const names = Object.keys(LABELS) as (keyof Holdings)[];
  return names
    .filter((name) => holdings[name] === undefined)
    .map((name) => `${LABELS[name]} could not be checked`);
}
