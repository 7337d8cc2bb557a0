import { TAG_KEYS } from "../../contract";
import { head } from "../../shared/text";

/** IAM User Guide, "Rules for tagging in IAM": letters, digits, spaces and _.:/=+-@, at most 256. */
const REFUSED = /[^\p{L}\p{N} _.:/=+\-@]+/gu;
export const MAX_VALUE = 256;

/** Any text as a tag value that IAM takes. Values may not begin with the reserved `aws:`. */
export function tagValue(text: string, max = MAX_VALUE): string {
  const clean = text.replace(REFUSED, "_").trim();
  return head(/^aws:/i.test(clean) ? `_${clean}` : clean, max).trim();
}

/** What the tags say, before cleaning; one tag each. */
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
  readonly formerBoundary?: string;
}

/** The tags of these facts; keys are exactly those of the contract. */
export function quarantineTags(facts: Partial<QuarantineFacts>): { Key: string; Value: string }[] {
  return entriesOf(facts).map(([name, value]) => ({ Key: TAG_KEYS[name], Value: tagValue(value) }));
}

function entriesOf(facts: Partial<QuarantineFacts>): [keyof QuarantineFacts, string][] {
  return Object.entries(facts) as [keyof QuarantineFacts, string][];
}

/** Leaves room in a tag value for a request id, which is a UUID of 36 characters. */
const MAX_EVENT_ID = 200;

/** Value of `QuarantineEventId`: which event was answered, and which request answers it. */
export function claimValue(eventId: string, requestId: string): string {
  return tagValue(`${claimPrefix(eventId)}${requestId}`);
}

/** What every claim on the same event begins with. */
export function claimPrefix(eventId: string): string {
  return `${tagValue(eventId, MAX_EVENT_ID)}/`;
}
