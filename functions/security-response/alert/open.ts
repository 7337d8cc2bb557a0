import { listing } from "../../shared/text";
import {
  foreignInlinePolicies,
  foreignPolicies,
  HELD_LABELS,
  type Credential,
  type UserState,
} from "../containment/user-state";

/** Names of the parts in the lines about parts that could not be read. */
const LABELS = { ...HELD_LABELS, boundary: "permissions boundary" } as const;

/**
 * What the user still has, one kind per line. The deny is left out; parts that could not be read are reported
 * so.
 */
export function describeOpen(userState: UserState, policyArn: string): string[] {
  const boundary = userState.boundary === policyArn ? "" : (userState.boundary ?? "");
  return [
    ...some("active access keys", active(userState.accessKeys)),
    ...consoleAccess(userState),
    ...some(LABELS.sshPublicKeys, active(userState.sshPublicKeys)),
    ...some(
      LABELS.serviceCredentials,
      userState.serviceCredentials?.filter((each) => each.active).map(({ id, name }) => `${name} (${id})`),
    ),
    ...some(LABELS.signingCertificates, active(userState.signingCertificates)),
    ...some(LABELS.groups, userState.groups),
    ...some(
      LABELS.attachedPolicies,
      foreignPolicies(userState, policyArn).map(({ name }) => name),
    ),
    ...some(LABELS.inlinePolicies, foreignInlinePolicies(userState)),
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
