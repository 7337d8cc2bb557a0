import { TAG_KEYS, TAG_STATUS } from "../contract";
import { AGES_MS } from "../security-response/containment/durations";
import { isMeant, isReleased, isWeaker, tagValue } from "../security-response/containment/tags";
import { denialsIn } from "../security-response/containment/user-state";
import type { Answers } from "./answered";
import { USER_AGES_MS } from "./durations";
import type { ListedUser } from "./list-users";
import type { SweepSettings } from "./settings";

type Chosen = Pick<SweepSettings, "mode" | "policyArn" | "everyMinutes">;

/**
 * Users whose creation may have passed unanswered: settled, not denied everything, and young, or of an age at
 * which a pause may have left them alone. A deny is what counts: tags can be written by the creator.
 *
 * @param now Milliseconds since the epoch.
 */
export function undenied(users: readonly ListedUser[], { policyArn }: Chosen, now: number): ListedUser[] {
  return users.filter((user) => {
    const age = ageOf(user, now);
    const isDue = age >= USER_AGES_MS.settled && age < USER_AGES_MS.paused;
    return isDue && denialsIn(user.state, policyArn).length === 0;
  });
}

/** A user to look up. */
export interface Candidate {
  readonly user: ListedUser;
  /** What the responder's log has for it. */
  readonly answer: "none" | "answered" | "paused";
}

/**
 * Whom to look up, in this order: users without an answer, or whom a pause that is over has left alone, and
 * after them the youngest that have an answer, the oldest first, so that none grows too old while others are
 * looked up. An answered user is looked up all the same while two sweeps can still find it, since whoever may
 * write to the log could have written the answer. Where nothing is quarantined, and in a pause, that is not
 * worth a lookup.
 *
 * @param isPaused The responder denies nobody new at present.
 */
export function candidates(
  users: readonly ListedUser[],
  { answered, paused }: Answers,
  isPaused: boolean,
  { mode, everyMinutes }: Chosen,
  now: number,
): Candidate[] {
  const denies = mode === "enforce" && !isPaused;
  const checked = USER_AGES_MS.recorded + 2 * everyMinutes * 60_000;
  const isDue = ({ user, answer }: Candidate): boolean => {
    const age = ageOf(user, now);
    switch (answer) {
      case "none":
        return age < USER_AGES_MS.young;
      case "paused":
        return denies;
      case "answered":
        return denies && age < checked;
    }
  };
  const answerOf = ({ userId }: ListedUser): Candidate["answer"] =>
    paused.has(userId) ? "paused" : answered.has(userId) ? "answered" : "none";
  const isLast = ({ answer }: Candidate) => Number(answer === "answered");
  return users
    .map((user) => ({ user, answer: answerOf(user) }))
    .filter(isDue)
    .sort((a, b) => isLast(a) - isLast(b) || ageOf(b.user, now) - ageOf(a.user, now));
}

/**
 * How the quarantine of a user stands as far as the listing shows: `gap` when the responder has to look,
 * `denied` when credentials are still to be looked at, `none` for everybody else. A quarantine of a moment
 * ago is left to the response and the hold that make it. In a pause, a release that has ended waits: it would
 * deny somebody who is free.
 *
 * @param isPaused The responder denies nobody new at present.
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
  // A time to come is nobody's who keeps quarantines.
  const isMoving = stood >= 0 && stood < AGES_MS.fresh;
  if (hasEnded) {
    return isPaused ? "none" : "gap";
  }
  if (!(isDenied || isMeant(tags)) || isFresh || isMoving || status === TAG_STATUS.released) {
    return "none";
  }
  return status !== TAG_STATUS.quarantined || isWeaker(user.state, policyArn) ? "gap" : "denied";
}

/** Milliseconds since the user was created. */
export function ageOf({ createdAt }: Pick<ListedUser, "createdAt">, now: number): number {
  return now - Date.parse(createdAt);
}
