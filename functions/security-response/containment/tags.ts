import { TAG_KEYS, TAG_STATUS } from "../../contract";
import { head } from "../../shared/text";
import { denialsIn, type Tag, type UserState } from "./user-state";

/** IAM User Guide, "Rules for tagging in IAM": letters, digits, spaces and _.:/=+-@, at most 256. */
const REFUSED = /[^\p{L}\p{N} _.:/=+\-@]+/gu;
export const MAX_TAG_VALUE = 256;

/** Any text as a tag value that IAM takes. Values may not begin with the reserved `aws:`. */
export function cleanTagValue(text: string, max = MAX_TAG_VALUE): string {
  const clean = text.replace(REFUSED, "_").trim();
  return head(/^aws:/i.test(clean) ? `_${clean}` : clean, max).trim();
}

/** What the tags of a quarantined user say, before cleaning; one tag each. */
export interface QuarantineFacts {
  readonly status: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** A {@link claimValue}. */
  readonly eventId: string;
  readonly createdBy: string;
  readonly sourceIp: string;
  readonly method: string;
  /** Only of a user whose boundary was replaced. */
  readonly formerBoundary?: string | undefined;
}

/** What our tags say: keys are exactly those of the contract, values are cleaned. */
export function quarantineTags(
  facts: Readonly<Partial<Record<keyof typeof TAG_KEYS, string | undefined>>>,
): { Key: string; Value: string }[] {
  return Object.entries(facts).flatMap(([name, value]) =>
    typeof value === "string"
      ? [{ Key: TAG_KEYS[name as keyof typeof TAG_KEYS], Value: cleanTagValue(value) }]
      : [],
  );
}

/** Which of the tags have to be written so that the user's tags say these facts. */
export function tagsToWrite(
  present: readonly Tag[],
  facts: QuarantineFacts,
  claimant: Claimant,
): { Key: string; Value: string }[] {
  const differing = (wanted: Partial<QuarantineFacts>) =>
    quarantineTags(wanted).filter(({ Key, Value }) => tagValue(present, Key) !== Value);
  if (!isClaimedByOther(present, claimant)) {
    return differing(facts);
  }
  // Another request answers the event: its tags stay, but for what is wrong by now.
  const { status, method, formerBoundary, ...others } = facts;
  const missing = quarantineTags(others).filter(({ Key }) => tagValue(present, Key) === "");
  return [...missing, ...differing({ status, method, formerBoundary })];
}

/** The value of a tag; empty when there is none. */
export function tagValue(tags: readonly Tag[], key: string): string {
  return tags.find(({ Key }) => Key === key)?.Value ?? "";
}

/** The tags as they are once the given ones are written and others removed. */
export function withTags(
  present: readonly Tag[],
  written: readonly Tag[],
  removed: readonly string[],
): Tag[] {
  const isReplaced = ({ Key = "" }: Tag) =>
    removed.includes(Key) || written.some((tag) => isSameKey(tag.Key, Key));
  return [...present.filter((tag) => !isReplaced(tag)), ...written];
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

/**
 * Which event is answered, and the requests that count as this one: its own and, after a redrive, those that
 * failed.
 */
export interface Claimant {
  readonly eventId: string;
  readonly requestId: string;
  readonly earlierRequestIds: readonly string[];
}

/** Leaves room in a tag value for a request id, which is a UUID of 36 characters. */
const MAX_EVENT_ID = 200;

/** Value of `QuarantineEventId`: which event was answered, and which request answers it. */
export function claimValue(eventId: string, requestId: string): string {
  return cleanTagValue(`${claimPrefix(eventId)}${requestId}`);
}

/** Id of the event whose answer the tags claim; empty without a claim. */
export function claimedEvent(tags: readonly Tag[]): string {
  const [eventId = ""] = tagValue(tags, TAG_KEYS.eventId).split("/");
  return eventId;
}

/** What every claim on the same event begins with. */
export function claimPrefix(eventId: string): string {
  return `${cleanTagValue(eventId, MAX_EVENT_ID)}/`;
}

/** Lambda's request ids are UUIDs. */
const REQUEST_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Whether another delivery of the same event has claimed the user. EventBridge may deliver an event twice,
 * each time as another request; Lambda repeats a failed request under its own id, which must not be silenced
 * by its own claim. Anyone who may tag users can write such a claim, so it decides about the alert and
 * nothing else.
 */
export function isClaimedByOther(tags: readonly Tag[], claimant: Claimant): boolean {
  const { eventId } = claimant;
  // The exact key only: another spelling was never ours, since that is removed before ours is written.
  const value = tagValue(tags, TAG_KEYS.eventId);
  const claimedBy = value.slice(claimPrefix(eventId).length);
  return isClaimOn(value, eventId) && REQUEST_ID.test(claimedBy) && !ownClaims(claimant).includes(value);
}

/**
 * When an earlier attempt of this request contained the user, in milliseconds since the epoch. Lambda repeats
 * a request whose alert failed, and then this, not the repetition, is the time to report.
 * @returns undefined when there was none, or when it went by another method
 */
export function containedBefore(
  tags: readonly Tag[],
  claimant: Claimant,
  method: string,
): number | undefined {
  const isOwn = ownClaims(claimant).includes(tagValue(tags, TAG_KEYS.eventId));
  const time = Date.parse(tagValue(tags, TAG_KEYS.time));
  return isOwn && tagValue(tags, TAG_KEYS.method) === method && !Number.isNaN(time) ? time : undefined;
}

/** Whether people have released the user from the quarantine that this event led to. */
export function isReleasedFrom(tags: readonly Tag[], eventId: string, now: number): boolean {
  return isReleased(tags, now) && isClaimOn(tagValue(tags, TAG_KEYS.eventId), eventId);
}

/** Whether the tags say that people have released the user, and that the release has not ended by now. */
export function isReleased(tags: readonly Tag[], now: number): boolean {
  const until = Date.parse(tagValue(tags, TAG_KEYS.releasedUntil));
  return tagValue(tags, TAG_KEYS.status) === TAG_STATUS.released && !(until <= now);
}

/** Whether the tags say that the user is to be denied everything. */
export function isMeant(tags: readonly Tag[]): boolean {
  const status = tagValue(tags, TAG_KEYS.status);
  return status === TAG_STATUS.quarantined || status === TAG_STATUS.failed;
}

/** Whether a deny is missing that the tags say was there, or all of them. */
export function isWeaker(state: UserState, policyArn: string): boolean {
  const denials: readonly string[] = denialsIn(state, policyArn);
  const expected = tagValue(state.tags ?? [], TAG_KEYS.method)
    .split(" ")
    .filter((method) => method !== "");
  return denials.length === 0 || expected.some((method) => !denials.includes(method));
}

function ownClaims({ eventId, requestId, earlierRequestIds }: Claimant): string[] {
  return eventId === "" ? [] : [requestId, ...earlierRequestIds].map((own) => claimValue(eventId, own));
}

function isClaimOn(value: string, eventId: string): boolean {
  return eventId !== "" && value.startsWith(claimPrefix(eventId));
}
