import { TAG_KEYS, TAG_STATUS, UNDOING_CALLS } from "../../contract";
import { parseUserArn } from "../../shared/arn";
import { ContainmentError } from "../errors";
import type { Tampering } from "../event/tampering";
import { AGES_MS } from "./durations";
import { isReleased, isTaggedQuarantined, tagValue } from "./tags";
import { denialsIn, type Aspect, type Reading, type UserState } from "./user-state";

/** What shows whether a user is, or was, quarantined. */
export const EVIDENCE: readonly Aspect[] = ["identity", "tags", "attachedPolicies", "inlineDeny"];

/**
 * Whether the user is quarantined: its tags say so, it has one of our denies, the call removed a deny or
 * wrote a release, or the call added our tags to a user whose status says RELEASED, which may have come with
 * its creation.
 */
export function isQuarantined({ state }: Reading, tampering: Tampering, policyArn: string): boolean {
  return showsQuarantine(state, policyArn) || isEvidence(tampering) || completesRelease(state, tampering);
}

function completesRelease({ tags = [] }: UserState, { writtenTags }: Tampering): boolean {
  const isReleasedInWords = tagValue(tags, TAG_KEYS.status) === TAG_STATUS.released;
  return isReleasedInWords && writtenTags.some(({ Key }) => OUR_KEYS.includes(Key));
}

const OUR_KEYS: readonly string[] = Object.values(TAG_KEYS);

export function showsQuarantine(state: UserState, policyArn: string): boolean {
  return isTaggedQuarantined(state.tags ?? []) || denialsIn(state, policyArn).length > 0;
}

/**
 * Whether the call itself is evidence of a quarantine: only an existing deny can be removed, and only a
 * quarantined user is released.
 */
export function isEvidence(tampering: Tampering): boolean {
  return tampering.tookDenyOff || isReleasing(tampering);
}

/**
 * There is no alert yet, since a user that could not be read may not be quarantined. Lambda retries the
 * event.
 * @throws ContainmentError
 */
export function requireRead({ failed: [unread] }: Reading, userName: string): void {
  if (unread) {
    throw new ContainmentError(`${userName} could not be looked at: ${unread.error}`);
  }
}

export function mayUndo({ mayUndo: isAllowed, mayUndoBelow }: Tampering, { arn = "" }: UserState): boolean {
  const path = parseUserArn(arn)?.path ?? "/";
  return isAllowed || (mayUndoBelow !== undefined && path.startsWith(mayUndoBelow));
}

/** The caller for the log: the role that may undo a quarantine, or else the caller as the record names it. */
export function callerOf({ caller, mayUndo: isAllowed }: Tampering): string {
  return isAllowed && caller.sessionIssuerArn !== "" ? caller.sessionIssuerArn : caller.label;
}

/**
 * Whether a role that reaches the users below its path alone, the drill's or the simulation's, takes a deny
 * off. It does so only to delete the user.
 */
export function precedesDeletion({ call, mayUndo: isAllowed }: Tampering): boolean {
  return !isAllowed && LIFTING_CALLS.includes(call);
}

const LIFTING_CALLS = ["DetachUserPolicy", "DeleteUserPolicy", "DeleteUserPermissionsBoundary"];

export function isReleasing({ writtenTags }: Tampering): boolean {
  return (
    tagValue(writtenTags, TAG_KEYS.status) === TAG_STATUS.released ||
    tagValue(writtenTags, TAG_KEYS.releasedAt) !== ""
  );
}

/**
 * Whether people have released the user after the call, which happens when an old event is delivered again.
 * Tags that the call itself wrote do not count, since an attacker may have written them, and neither does a
 * time in the future. A release counts no sooner than {@link AGES_MS.fresh} after the quarantine, so a
 * release that follows the call sooner is forged, to make the call look old.
 */
export function isReleasedSince(
  { tags = [] }: UserState,
  { eventTime, writtenTags }: Pick<Tampering, "eventTime" | "writtenTags">,
  now: number,
): boolean {
  const releasedAt = tagValue(tags, TAG_KEYS.releasedAt);
  const isReleasedAfter = (at: number) => at <= now && at - Date.parse(eventTime) >= AGES_MS.fresh;
  const isOwn = releasedAt === tagValue(writtenTags, TAG_KEYS.releasedAt);
  return isReleased(tags, now) && !isOwn && isReleasedAfter(Date.parse(releasedAt));
}

/**
 * Whether a call was made before the user was created, so that it was about another user of the name.
 *
 * @param calledAt Milliseconds since the epoch.
 */
export function precedesUser(calledAt: number, { createdAt = "" }: UserState): boolean {
  return calledAt + CLOCKS_MS < Date.parse(createdAt);
}

/** By this much the times of CloudTrail and IAM may differ: both are to the second. */
const CLOCKS_MS = 2_000;

export const UNDOING_TAGS: readonly string[] = [...UNDOING_CALLS.tags, ...UNDOING_CALLS.tagKeys];
