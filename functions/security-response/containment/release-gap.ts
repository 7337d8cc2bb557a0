import { TAG_KEYS, TAG_STATUS } from "../../contract";
import { decodeArn, isPolicyFor } from "../../shared/alert/former-boundary";
import type { CredentialKind } from "../../shared/alert/stopped-credentials";
import { AGES_MS } from "./durations";
import type { Step } from "./gap";
import { misspeltKeys, quarantineTags, tagValue } from "./tags";
import { credentialsThat, denialsIn, type Method, type Tag, type UserState } from "./user-state";

/** One thing to be done to a user who is being released. */
export type ReleaseStep =
  | Extract<Step, { kind: "tag" }>
  /** `formerBoundary` is the ARN that takes the place of our boundary. @default - no boundary does */
  | { readonly kind: "lift"; readonly method: Method; readonly formerBoundary?: string }
  | { readonly kind: "reactivate"; readonly credential: CredentialKind; readonly id: string };

/** The state in which a released user is to be. */
export interface Release {
  readonly policyArn: string;
  /** What the tags are to say, before cleaning. */
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
 * What is missing from a release, as far as the state shows. The tags come alone, and first: a deny that is
 * gone while the tags still say QUARANTINED is put back. Pure.
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

/** The denials of ours that are on the user, whether or not the quarantine policy still denies anything. */
export function heldBy(state: UserState, policyArn: string): Method[] {
  return denialsIn({ ...state, policyDenies: true }, policyArn);
}

/**
 * The boundary that ours replaced, as the tag says. Whoever may tag users can write another one there, but
 * none that allows more than no boundary does.
 *
 * @returns undefined for anything but a policy of the account or of AWS, and for the quarantine policy
 */
export function formerBoundary(tags: readonly Tag[], policyArn: string): string | undefined {
  const arn = decodeArn(tagValue(tags, TAG_KEYS.formerBoundary));
  return arn !== policyArn && isPolicyFor(arn, policyArn) ? arn : undefined;
}

/**
 * Milliseconds until a release counts: a doubled event may deny the user again within the first minutes of a
 * quarantine, whatever its tags say.
 */
export function releaseCountsIn(tags: readonly Tag[], now: number): number {
  const quarantined = Date.parse(tagValue(tags, TAG_KEYS.time));
  return Number.isNaN(quarantined)
    ? 0
    : Math.min(AGES_MS.fresh, Math.max(0, quarantined + AGES_MS.fresh - now));
}
