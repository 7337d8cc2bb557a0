import { TAG_KEYS, TAG_STATUS } from "../../contract";
import { head } from "../../shared/text";
import { denialsIn, type Tag, type UserState } from "./user-state";

/** IAM User Guide, "Rules for tagging in IAM": letters, digits, spaces and _.:/=+-@, at most 256. */
const REFUSED = /[^\p{L}\p{N} _.:/=+\-@]+/gu;
export const MAX_TAG_VALUE = 256;

/** Any text as a tag value that IAM accepts. Values may not begin with the reserved `aws:`. */
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

/** Our tags with these facts: the keys are those of the contract, the values are cleaned. */
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
  // Another request responds to the event: its tags stay, except those that are no longer true.
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
 * Keys on the user that differ from ours only in case: IAM ignores the case of a user's tag keys.
 */
export function misspeltKeys(tags: readonly Tag[]): string[] {
  const ours: readonly string[] = Object.values(TAG_KEYS);
  return tags.flatMap(({ Key }) =>
    Key !== undefined && !ours.includes(Key) && ours.some((key) => isSameKey(Key, key)) ? [Key] : [],
  );
}

/**
 * Keys that a quarantined user must not have: those that differ from ours only in case, and those of a
 * release, whose time could make a later forgery look like a release by people.
 */
export function keysToRemove(tags: readonly Tag[]): string[] {
  return [...misspeltKeys(tags), ...RELEASE_KEYS.filter((key) => tags.some(({ Key }) => Key === key))];
}

/** IAM guide, "IAM and AWS STS quotas". */
const MAX_TAGS = 50;

/** The tags that have to go so that all of ours fit on the user, those of a release too. */
export function surplusTags(tags: readonly Tag[]): Tag[] {
  const ours = Object.values(TAG_KEYS);
  const foreign = tags.filter(({ Key }) => !ours.some((key) => isSameKey(Key, key)));
  return foreign.slice(MAX_TAGS - ours.length);
}

function isSameKey(left: string | undefined, right: string): boolean {
  return left?.toLowerCase() === right.toLowerCase();
}

/**
 * The event that is responded to, and the Lambda requests whose claims count as its own: this request and,
 * after a redrive, those that failed on the event before.
 */
export interface Claimant {
  readonly eventId: string;
  readonly requestId: string;
  readonly earlierRequestIds: readonly string[];
}

/** Leaves room in a tag value for a request id, which is a UUID of 36 characters. */
const MAX_EVENT_ID = 200;

/** Value of the tag `QuarantineEventId`: the event, and the request that responds to it. */
export function claimValue(eventId: string, requestId: string): string {
  return cleanTagValue(`${claimPrefix(eventId)}${requestId}`);
}

/** Id of the event that the tag claims; empty without a claim. */
export function claimedEvent(tags: readonly Tag[]): string {
  const [eventId = ""] = tagValue(tags, TAG_KEYS.eventId).split("/");
  return eventId;
}

/** Beginning of every claim on the event. */
export function claimPrefix(eventId: string): string {
  return `${cleanTagValue(eventId, MAX_EVENT_ID)}/`;
}

/** Lambda's request ids are UUIDs. */
const REQUEST_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Whether another delivery of the same event has claimed the user. EventBridge may deliver an event twice,
 * each time as another request. Lambda retries a failed request under the same id, and its own claim must not
 * suppress its alert. Anyone who may tag users can forge a claim, so it only decides about the alert.
 */
export function isClaimedByOther(tags: readonly Tag[], claimant: Claimant): boolean {
  const { eventId } = claimant;
  // Only the exact key: keys in another case are removed before ours is written.
  const value = tagValue(tags, TAG_KEYS.eventId);
  const claimedBy = value.slice(claimPrefix(eventId).length);
  return isClaimOn(value, eventId) && REQUEST_ID.test(claimedBy) && !ownClaims(claimant).includes(value);
}

/**
 * When an earlier attempt of this request contained the user, in milliseconds since the epoch. Lambda retries
 * a request whose alert failed; the alert then states the time of the first attempt.
 * @returns undefined when there was none, or when it used another method
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

/**
 * Whether people have released the user from the quarantine that this event led to.
 *
 * @param created The tags with which the user was created. No part of a release can have come with them.
 */
export function isReleasedFrom(
  tags: readonly Tag[],
  { eventId, tags: created }: { readonly eventId: string; readonly tags: readonly Tag[] },
  now: number,
): boolean {
  const isForged = [TAG_KEYS.status, ...RELEASE_KEYS].some((key) => {
    const value = tagValue(tags, key);
    return value !== "" && created.some(({ Key, Value }) => isSameKey(Key, key) && Value === value);
  });
  return !isForged && isReleased(tags, now) && isClaimOn(tagValue(tags, TAG_KEYS.eventId), eventId);
}

/** Keys of the tags that only a released user has. */
const RELEASE_KEYS: readonly string[] = [
  TAG_KEYS.releasedBy,
  TAG_KEYS.approvedBy,
  TAG_KEYS.releaseReason,
  TAG_KEYS.releasedAt,
  TAG_KEYS.releasedUntil,
];

/** Whether the tags say that people have released the user, and that the release has not ended by now. */
export function isReleased(tags: readonly Tag[], now: number): boolean {
  const until = Date.parse(tagValue(tags, TAG_KEYS.releasedUntil));
  return tagValue(tags, TAG_KEYS.status) === TAG_STATUS.released && !(until <= now);
}

/** Whether the tags say that the user should be denied everything. */
export function isTaggedQuarantined(tags: readonly Tag[]): boolean {
  const status = tagValue(tags, TAG_KEYS.status);
  return status === TAG_STATUS.quarantined || status === TAG_STATUS.failed;
}

/** Whether a deny that the tags name is missing, or whether there is none at all. */
export function lacksDeny(state: UserState, policyArn: string): boolean {
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
