import { TAG_KEYS, TAG_STATUS } from "../contract";
import { AGES_MS } from "../security-response/containment/durations";
import { isReleased, isTaggedQuarantined, lacksDeny, tagValue } from "../security-response/containment/tags";
import { denialsIn } from "../security-response/containment/user-state";
import type { Answers } from "./answered";
import { USER_AGES_MS } from "./durations";
import type { ListedUser } from "./list-users";
import type { SweepSettings } from "./settings";

type Chosen = Pick<SweepSettings, "mode" | "policyArn" | "everyMinutes">;

/**
 * Users to whose creation there may have been no response: old enough that a response would have ended, not
 * denied everything, and young enough for a lookup. Only a deny counts, since the creator can write tags.
 *
 * @param now Milliseconds since the epoch.
 */
export function undenied(users: readonly ListedUser[], { policyArn }: Chosen, now: number): ListedUser[] {
  return users.filter((user) => {
    const age = ageOf(user, now);
    const isDue = age >= USER_AGES_MS.settled && age < USER_AGES_MS.lookedUp;
    return isDue && denialsIn(user.state, policyArn).length === 0;
  });
}

/** A user whose creation should be looked up. */
export interface Candidate {
  readonly user: ListedUser;
  /** What the responder's log says about the user. */
  readonly answer: "none" | "answered" | "paused" | "denied";
}

/**
 * The users to look up. First those that the responder has not answered, that a pause has left alone which
 * has ended, or that were denied and are free without a release; then the youngest answered users. Within
 * each group the oldest come first, so that none grows too old while others are looked up. Answered users are
 * looked up for the time of two sweeps, since anyone who may write to the responder's log can forge an
 * answer. Where nothing is quarantined, and during a pause, they are left out, as are those that were denied.
 *
 * @param isPaused Whether the responder is paused.
 */
export function candidates(
  users: readonly ListedUser[],
  { answered, paused, denied }: Answers,
  isPaused: boolean,
  { mode, everyMinutes }: Chosen,
  now: number,
): Candidate[] {
  const denies = mode === "enforce" && !isPaused;
  const checked = USER_AGES_MS.recorded + 2 * everyMinutes * 60_000;
  const isDue = ({ user, answer }: Candidate): boolean => {
    switch (answer) {
      case "none":
        return true;
      case "paused":
      case "denied":
        return denies;
      case "answered":
        return denies && ageOf(user, now) < checked;
    }
  };
  const isUndone = ({ userId, state: { tags = [] } }: ListedUser): boolean =>
    denied.has(userId) && !isReleased(tags, now);
  const answerOf = (user: ListedUser): Candidate["answer"] =>
    paused.has(user.userId)
      ? "paused"
      : isUndone(user)
        ? "denied"
        : answered.has(user.userId)
          ? "answered"
          : "none";
  const isLast = ({ answer }: Candidate) => Number(answer === "answered");
  return users
    .map((user) => ({ user, answer: answerOf(user) }))
    .filter(isDue)
    .sort((a, b) => isLast(a) - isLast(b) || ageOf(b.user, now) - ageOf(a.user, now));
}

/**
 * The state of a user's quarantine as far as the listing shows it: `gap` when the responder has to check it,
 * `denied` when the credentials still have to be checked, `none` for all other users. Users who were
 * quarantined a moment ago are left to the response and the hold. During a pause, a release that has ended is
 * left alone, since closing it would deny a free user.
 *
 * @param isPaused Whether the responder is paused.
 */
export function standing(
  user: ListedUser,
  isPaused: boolean,
  { policyArn }: Chosen,
  now: number,
): "gap" | "denied" | "none" {
  const { tags = [] } = user.state;
  const status = tagValue(tags, TAG_KEYS.status);
  const isDenied = denialsIn(user.state, policyArn).length > 0;
  const hasEnded = status === TAG_STATUS.released && !isReleased(tags, now);
  const isFresh = ageOf(user, now) < USER_AGES_MS.settled;
  const stood = now - Date.parse(tagValue(tags, TAG_KEYS.time));
  // A time in the future is forged.
  const isMoving = stood >= 0 && stood < AGES_MS.fresh;
  if (hasEnded) {
    return isPaused ? "none" : "gap";
  }
  if (!(isDenied || isTaggedQuarantined(tags)) || isFresh || isMoving || status === TAG_STATUS.released) {
    return "none";
  }
  return status !== TAG_STATUS.quarantined || lacksDeny(user.state, policyArn) ? "gap" : "denied";
}

/** Milliseconds since the user was created. */
export function ageOf({ createdAt }: Pick<ListedUser, "createdAt">, now: number): number {
  return now - Date.parse(createdAt);
}
