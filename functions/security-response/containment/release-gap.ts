import { TAG_KEYS, TAG_STATUS } from "../../contract";
import { decodeArn, isPolicyFor } from "../../shared/alert/former-boundary";
import type { CredentialKind } from "../../shared/alert/stopped-credentials";
import { AGES_MS } from "./durations";
import type { Step } from "./gap";
import { misspeltKeys, quarantineTags, tagValue } from "./tags";
import { credentialsThat, denialsIn, type Method, type Tag, type UserState } from "./user-state";

/** One change of a user that is being released. */
export type ReleaseStep =
  | Extract<Step, { kind: "tag" }>
  /** `formerBoundary` is the ARN of the boundary that replaces ours. @default - none */
  | { readonly kind: "lift"; readonly method: Method; readonly formerBoundary?: string }
  | { readonly kind: "reactivate"; readonly credential: CredentialKind; readonly id: string };

/** The desired state of a released user. */
export interface Release {
  readonly policyArn: string;
  /** What the tags should say, before cleaning. */
  readonly facts: {
    readonly releasedBy: string;
    readonly approvedBy: string;
    readonly releaseReason: string;
    /** ISO 8601, UTC. */
    readonly releasedAt: string;
    /** The same; the release has no end without it. */
    readonly releasedUntil?: string | undefined;
  };
  /** Credentials to set active, of those that are inactive. */
  readonly reactivate: readonly { readonly credential: CredentialKind; readonly id: string }[];
}

/**
 * The steps that are missing from a release, according to the state. The tags come first and on their own: if
 * a deny is removed while the tags still say QUARANTINED, the responder restores it. Pure.
 */
export function releaseGapOf(state: UserState, desired: Release): ReleaseStep[] {
  const tags = tagSteps(state.tags ?? [], desired);
  return tags.length > 0 ? tags : [...liftSteps(state, desired), ...reactivateSteps(state, desired)];
}

function tagSteps(present: readonly Tag[], { facts }: Release): ReleaseStep[] {
  const wanted = quarantineTags({ status: TAG_STATUS.released, ...facts });
  const tags = wanted.filter(({ Key, Value }) => tagValue(present, Key) !== Value);
  const endsEarlier = facts.releasedUntil === undefined && tagValue(present, TAG_KEYS.releasedUntil) !== "";
  const remove = [...misspeltKeys(present), ...(endsEarlier ? [TAG_KEYS.releasedUntil] : [])];
  return tags.length + remove.length > 0 ? [{ kind: "tag", tags, remove }] : [];
}

function liftSteps(state: UserState, { policyArn }: Release): ReleaseStep[] {
  const former = formerBoundary(state.tags ?? [], policyArn);
  return heldBy(state, policyArn).map((method) => ({
    kind: "lift",
    method,
    ...(method === "permissions-boundary" && former !== undefined && { formerBoundary: former }),
  }));
}

function reactivateSteps(state: UserState, { reactivate }: Release): ReleaseStep[] {
  return credentialsThat(state, "inactive")
    .filter((found) =>
      reactivate.some(({ credential, id }) => credential === found.credential && id === found.id),
    )
    .map((found) => ({ kind: "reactivate", ...found }));
}

/** The denies of ours that are on the user, even if the quarantine policy was tampered with. */
export function heldBy(state: UserState, policyArn: string): Method[] {
  return denialsIn({ ...state, policyDenies: true }, policyArn);
}

/**
 * The boundary that ours replaced, according to the tag. Anyone who may tag users can write another one
 * there, but no boundary allows more than having none.
 *
 * @returns undefined for anything but a policy of the account or of AWS, and for the quarantine policy
 */
export function formerBoundary(tags: readonly Tag[], policyArn: string): string | undefined {
  const arn = decodeArn(tagValue(tags, TAG_KEYS.formerBoundary));
  return arn !== policyArn && isPolicyFor(arn, policyArn) ? arn : undefined;
}

/**
 * Milliseconds until a release counts: within the first two minutes of a quarantine, a second delivery of the
 * event denies the user again, even if its tags say released.
 */
export function releaseCountsIn(tags: readonly Tag[], now: number): number {
  const quarantined = Date.parse(tagValue(tags, TAG_KEYS.time));
  return Number.isNaN(quarantined)
    ? 0
    : Math.min(AGES_MS.fresh, Math.max(0, quarantined + AGES_MS.fresh - now));
}
