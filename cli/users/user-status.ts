import { TAG_KEYS, TAG_STATUS } from "../../functions/contract";
import { describeOpen } from "../../functions/security-response/alert/open";
import { gapOf, NOTHING_TRIED, type Step } from "../../functions/security-response/containment/gap";
import { heldBy } from "../../functions/security-response/containment/release-gap";
import { isReleased, tagValue } from "../../functions/security-response/containment/tags";
import type { Method, Tag, UserState } from "../../functions/security-response/containment/user-state";

/** How an account quarantines users. */
export interface QuarantineSettings {
  readonly policyArn: string;
  readonly deactivateAccessKeys: boolean;
  readonly deleteLoginProfile: boolean;
}

/** The status of a user who is, was or should be quarantined. Values of missing tags are empty. */
export interface UserStatus {
  readonly userName: string;
  readonly userArn: string;
  /** Value of the tag `SecurityStatus`. */
  readonly status: string;
  /** ISO 8601, UTC, as are all times. */
  readonly since: string;
  readonly createdBy: string;
  readonly sourceIp: string;
  /** The denies of ours on the user. */
  readonly deniedBy: readonly Method[];
  /** What a quarantined user still has, as text. */
  readonly open: readonly string[];
  /** What is missing from the state in which the user should be, as text. */
  readonly gap: readonly string[];
  /** What could not be read, as text. */
  readonly unread: readonly string[];
  readonly released?: {
    readonly by: string;
    readonly approvedBy: string;
    readonly reason: string;
    readonly at: string;
    readonly until: string;
  };
}

/** Whether the user has a deny or a tag of ours, in any spelling: IAM ignores the case of its tag keys. */
export function isConcerned(state: UserState, policyArn: string): boolean {
  const ours = Object.values(TAG_KEYS).map((key) => key.toLowerCase());
  const isTagged = (state.tags ?? []).some(({ Key = "" }) => ours.includes(Key.toLowerCase()));
  return isTagged || heldBy(state, policyArn).length > 0;
}

/**
 * Whether the user should be quarantined: it has a deny of ours, or its tags say so, and it is not released.
 */
export function isQuarantined({ status, deniedBy }: Pick<UserStatus, "status" | "deniedBy">): boolean {
  return deniedBy.length > 0 || status === TAG_STATUS.quarantined || status === TAG_STATUS.failed;
}

/** Whether people have released the user, and nothing of the quarantine is left. */
export function isFree(state: UserState, policyArn: string, now: number): boolean {
  return isReleased(state.tags ?? [], now) && heldBy(state, policyArn).length === 0;
}

/**
 * The status of a user.
 *
 * @param state Unless the user is free, with its credentials, and whether the quarantine policy denies.
 * @param unread What could not be read of it.
 * @param now Milliseconds since the epoch.
 */
export function statusOf(
  userName: string,
  state: UserState,
  settings: QuarantineSettings,
  now: number,
  unread: readonly string[] = [],
): UserStatus {
  const tags = state.tags ?? [];
  const tag = (key: keyof typeof TAG_KEYS) => tagValue(tags, TAG_KEYS[key]);
  const status = tag("status");
  return {
    userName,
    userArn: state.arn ?? "",
    status,
    since: tag("time"),
    createdBy: tag("createdBy"),
    sourceIp: tag("sourceIp"),
    deniedBy: heldBy(state, settings.policyArn),
    open: isReleased(tags, now) ? [] : describeOpen(state, settings.policyArn),
    gap: gapInWords(state, settings, now),
    unread,
    ...(status === TAG_STATUS.released && {
      released: {
        by: tag("releasedBy"),
        approvedBy: tag("approvedBy"),
        reason: tag("releaseReason"),
        at: tag("releasedAt"),
        until: tag("releasedUntil"),
      },
    }),
  };
}

function gapInWords(state: UserState, settings: QuarantineSettings, now: number): string[] {
  const tags = state.tags ?? [];
  const held = heldBy(state, settings.policyArn);
  if (isReleased(tags, now)) {
    return held.length === 0 ? [] : [`released, but still denied by ${held.join(" and ")}: release it again`];
  }
  const steps = gapOf(state, { ...settings, byEveryMethod: false }, NOTHING_TRIED, now);
  return [...tagGap(tags), ...steps.flatMap((step) => describe(step, state, held.length > 0))];
}

function tagGap(tags: readonly Tag[]): string[] {
  const status = tagValue(tags, TAG_KEYS.status);
  switch (status) {
    case TAG_STATUS.quarantined:
      return [];
    case TAG_STATUS.released:
      return [`the release ended at ${tagValue(tags, TAG_KEYS.releasedUntil)}`];
    case "":
      return [`the tag ${TAG_KEYS.status} is missing`];
    default:
      return [`the tag ${TAG_KEYS.status} says ${status}`];
  }
}

function describe(step: Step, state: UserState, isHeld: boolean): string[] {
  switch (step.kind) {
    case "deny":
    case "await-listing":
      return [isHeld ? "the quarantine policy was changed and denies nothing" : "nothing denies the user"];
    case "deactivate":
      return [`${step.credential} ${step.id} is active`];
    case "delete-password":
      // A password that could not be checked is listed under what could not be read.
      return state.consolePassword === true ? ["the console password is there"] : [];
    case "tag":
      return [];
  }
}
