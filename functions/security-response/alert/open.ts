import { listing } from "../../shared/text";
import {
  foreignInlinePolicies,
  foreignPolicies,
  type Credential,
  type UserState,
} from "../containment/user-state";

/** Names of the listings, for those that could not be read. */
const LABELS = {
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
} as const satisfies Partial<Readonly<Record<keyof UserState, string>>>;

/**
 * What the user still has, in words. The deny that was read back is left out; what could not be checked is
 * reported as such.
 */
export function describeOpen(userState: UserState, policyArn: string): string[] {
  const boundary = userState.boundary === policyArn ? "" : (userState.boundary ?? "");
  return [
    ...some("active access keys", active(userState.accessKeys)),
    ...consoleAccess(userState),
    ...some("SSH public keys", active(userState.sshPublicKeys)),
    ...some(
      "service-specific credentials",
      userState.serviceCredentials?.filter((each) => each.active).map(({ id, name }) => `${name} (${id})`),
    ),
    ...some("signing certificates", active(userState.signingCertificates)),
    ...some("groups", userState.groups),
    ...some(
      "attached policies",
      foreignPolicies(userState, policyArn).map(({ name }) => name),
    ),
    ...some("inline policies", foreignInlinePolicies(userState)),
    ...(boundary ? [`permissions boundary: ${boundary}`] : []),
    ...unchecked(userState),
  ];
}

function active(credentials: readonly Credential[] | undefined): string[] | undefined {
  return credentials?.filter((each) => each.active).map(({ id }) => id);
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
  const names = Object.keys(LABELS) as (keyof typeof LABELS)[];
  return names
    .filter((name) => userState[name] === undefined)
    .map((name) => `${LABELS[name]} could not be checked`);
}
