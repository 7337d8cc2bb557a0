import { TAG_KEYS } from "../../contract";
import { claimPrefix, claimValue } from "./tag-values";

/** Which event is answered, and the requests that count as this one: its own and, after a redrive, those that failed. */
export interface Claimant {
  readonly eventId: string;
  readonly requestId: string;
  readonly earlierRequestIds: readonly string[];
}

export interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/**
 * Whether another delivery of the same event has claimed the user. EventBridge may deliver an event twice, each time as another
 * request; Lambda repeats a failed request under its own id, which must not be silenced by its own claim.
 */
export function isClaimedByOther(tags: readonly Tag[], claimant: Claimant): boolean {
  const { eventId, requestId, earlierRequestIds } = claimant;
  if (eventId === "") return false;
  const value = tags.find(({ Key }) => isSameKey(Key, TAG_KEYS.eventId))?.Value ?? "";
  if (!value.startsWith(claimPrefix(eventId))) return false;
  return ![requestId, ...earlierRequestIds].some((own) => claimValue(eventId, own) === value);
}

/** Keys on the user that collide with ours but for their spelling: IAM ignores the case of a user's tag keys. */
export function misspeltKeys(tags: readonly Tag[]): string[] {
  const ours: readonly string[] = Object.values(TAG_KEYS);
  return tags.flatMap(({ Key }) =>
    Key !== undefined && !ours.includes(Key) && ours.some((key) => isSameKey(Key, key)) ? [Key] : [],
  );
}

function isSameKey(left: string | undefined, right: string): boolean {
  return left?.toLowerCase() === right.toLowerCase();
}
