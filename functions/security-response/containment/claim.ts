import { TAG_KEYS, TAG_STATUS } from "../../contract";
import { claimPrefix, claimValue } from "./tag-values";

/**
 * Which event is answered, and the requests that count as this one: its own and, after a redrive, those that
 * failed.
 */
export interface Claimant {
  readonly eventId: string;
  readonly requestId: string;
  readonly earlierRequestIds: readonly string[];
}

export interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** Lambda's request ids are UUIDs. */
const REQUEST_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Whether another delivery of the same event has claimed the user. EventBridge may deliver an event twice,
 * each time as another request; Lambda repeats a failed request under its own id, which must not be silenced
 * by its own claim.
 */
export function isClaimedByOther(tags: readonly Tag[], claimant: Claimant): boolean {
  const { eventId, requestId, earlierRequestIds } = claimant;
  if (eventId === "") {
    return false;
  }
  // The exact key only: another spelling was never ours, since that is removed before ours is written.
  const value = tagValue(tags, TAG_KEYS.eventId);
  const claimedBy = value.slice(claimPrefix(eventId).length);
  if (!isClaimOn(value, eventId) || !REQUEST_ID.test(claimedBy)) {
    return false;
  }
  return ![requestId, ...earlierRequestIds].some((own) => claimValue(eventId, own) === value);
}

/**
 * When an earlier attempt of this request contained the user, in milliseconds since the epoch. Lambda repeats
 * a request whose alert failed, and then this, not the repetition, is the time to tell.
 * @returns undefined when there was none, or when it went by another method
 */
export function containedBefore(
  tags: readonly Tag[],
  claimant: Claimant,
  method: string,
): number | undefined {
  const { eventId, requestId, earlierRequestIds } = claimant;
  const claims = [requestId, ...earlierRequestIds].map((own) => claimValue(eventId, own));
  const isOwn = eventId !== "" && claims.includes(tagValue(tags, TAG_KEYS.eventId));
  const time = Date.parse(tagValue(tags, TAG_KEYS.time));
  return isOwn && tagValue(tags, TAG_KEYS.method) === method && !Number.isNaN(time) ? time : undefined;
}

/** Whether people have released the user from the quarantine that this event led to. */
export function isReleased(tags: readonly Tag[], eventId: string): boolean {
  if (tagValue(tags, TAG_KEYS.status) !== TAG_STATUS.released) {
    return false;
  }
  return eventId !== "" && isClaimOn(tagValue(tags, TAG_KEYS.eventId), eventId);
}

function isClaimOn(value: string, eventId: string): boolean {
  return value.startsWith(claimPrefix(eventId));
}

/** The value of a tag; empty when there is none. */
export function tagValue(tags: readonly Tag[], key: string): string {
  return tags.find(({ Key }) => Key === key)?.Value ?? "";
}

/**
 * Keys on the user that collide with ours but for their spelling: IAM ignores the case of a user's tag keys.
 */
export function misspeltKeys(tags: readonly Tag[]): string[] {
  const ours: readonly string[] = Object.values(TAG_KEYS);
  return tags.flatMap(({ Key }) =>
    Key !== undefined && !ours.includes(Key) && ours.some((key) => isSameKey(Key, key)) ? [Key] : [],
  );
}

function isSameKey(left: string | undefined, right: string): boolean {
  return left?.toLowerCase() === right.toLowerCase();
}
