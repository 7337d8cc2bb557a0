import { INLINE_POLICY_NAME, TAG_KEYS } from "../../functions/contract";
import { describeOpen } from "../../functions/security-response/alert/open";
import { formerBoundary, heldBy } from "../../functions/security-response/containment/release-gap";
import { tagValue } from "../../functions/security-response/containment/tags";
import { credentialsThat, type UserState } from "../../functions/security-response/containment/user-state";
import { escapeControlCharacters } from "../escape-control-characters";
import { describeCredentials, type LastUses } from "./credentials";
import type { ReleaseRequest } from "./release-user";

/** The user before anything is changed. Anyone who may tag users can have written its tags. */
export function describeUser(
  state: UserState,
  { userName, account, policyArn }: ReleaseRequest,
  lastUses: LastUses,
): string[] {
  const tag = (key: keyof typeof TAG_KEYS) => tagValue(state.tags ?? [], TAG_KEYS[key]) || "unknown";
  const held = heldBy(state, policyArn);
  return [
    `${userName} in ${account}: ${state.arn ?? "unknown ARN"}`,
    `  Its tags say: ${tag("status")} since ${tag("time")}, created by ${tag("createdBy")} from ${tag("sourceIp")}`,
    `  Denied by: ${held.length > 0 ? held.join(", ") : "nothing"}`,
    ...describeCredentials(state, lastUses),
    ...describeOpen(withoutCredentials(state), policyArn).map((line) => `  Has: ${line}`),
  ].map(escapeControlCharacters);
}

/** What else the user has, and what could not be read. */
function withoutCredentials(state: UserState): UserState {
  const { accessKeys, sshPublicKeys, serviceCredentials, signingCertificates, consolePassword } = state;
  return {
    ...state,
    ...(accessKeys && { accessKeys: [] }),
    ...(sshPublicKeys && { sshPublicKeys: [] }),
    ...(serviceCredentials && { serviceCredentials: [] }),
    ...(signingCertificates && { signingCertificates: [] }),
    ...(consolePassword === true && { consolePassword: false }),
  };
}

/** The changes that the release will make, as lines. */
export function describeChange(state: UserState, request: ReleaseRequest): string[] {
  const { operator, approvedBy, reason, until, policyArn, reactivateKeys } = request;
  const held = heldBy(state, policyArn);
  const inactive = credentialsThat(state, "inactive").map(({ credential, id }) => `${credential} ${id}`);
  return [
    `Release by ${operator}, approved by ${approvedBy}, ${until === undefined ? "without end" : `until ${new Date(until).toISOString()}`}: ${reason}`,
    ...held.map((method) => `  takes off: ${method}`),
    ...(held.includes("permissions-boundary") ? [describeBoundary(state, policyArn)] : []),
    ...foreignPolicy(state),
    ...inactive.map((name) => `  ${reactivateKeys ? "sets active" : "leaves inactive"}: ${name}`),
  ].map(escapeControlCharacters);
}

function describeBoundary({ tags = [] }: UserState, policyArn: string): string {
  const former = formerBoundary(tags, policyArn);
  if (former !== undefined) {
    return `  puts the boundary back that the tag ${TAG_KEYS.formerBoundary} names: ${former}. Compare it with PutUserPermissionsBoundary in CloudTrail`;
  }
  return tagValue(tags, TAG_KEYS.formerBoundary) === "none"
    ? "  leaves the user without a permissions boundary, as before"
    : "  leaves the user WITHOUT a permissions boundary: whether it had one is not known. Look at CreateUser and PutUserPermissionsBoundary in CloudTrail";
}

function foreignPolicy({ inlinePolicies = [], inlineDeny }: UserState): string[] {
  return inlinePolicies.includes(INLINE_POLICY_NAME) && inlineDeny === false
    ? [
        `  leaves alone: the inline policy ${INLINE_POLICY_NAME}, which is not the deny: somebody else wrote it`,
      ]
    : [];
}
