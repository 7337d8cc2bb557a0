import { TAG_KEYS, TAG_STATUS } from "../contract";
import { AGES_MS } from "../security-response/containment/durations";
import { isMeant, isReleased, isWeaker, tagValue } from "../security-response/containment/tags";
import { denialsIn } from "../security-response/containment/user-state";
import { USER_AGES_MS } from "./durations";
import type { ListedUser } from "./list-users";
import type { SweepSettings } from "./settings";

type Chosen = Pick<SweepSettings, "mode" | "policyArn" | "everyMinutes">;

/**
 * Users whose creation may have passed unanswered: young, settled, and not denied everything. A deny is what
 * counts: tags can be written by the creator.
 *
 * @param now Milliseconds since the epoch.
 */
export function undenied(users: readonly ListedUser[], { policyArn }: Chosen, now: number): ListedUser[] {
  return users.filter((user) => {
    const age = ageOf(user, now);
    const isDue = age >= USER_AGES_MS.settled && age < USER_AGES_MS.young;
    return isDue && denialsIn(user.state, policyArn).length === 0;
  });
}

/** A user to look up. */
export interface Candidate {
  readonly user: ListedUser;
  /** The responder's log has an answer for it. */
  readonly isAnswered: boolean;
}

/**
 * Whom to look up, in this order: users without an answer, and after them the youngest that have one, the
 * oldest first, so that none grows too old while others are looked up. An answered user is looked up all the
 * same while two sweeps can still find it, since whoever may write to the log could have written the answer.
 * Where nothing is quarantined, that is not worth a lookup.
 */
export function candidates(
  users: readonly ListedUser[],
  answered: ReadonlySet<string>,
  { mode, everyMinutes }: Chosen,
  now: number,
): Candidate[] {
  const checked = USER_AGES_MS.recorded + 2 * everyMinutes * 60_000;
  const all = users
    .map((user) => ({ user, isAnswered: answered.has(user.userId) }))
    .filter(({ user, isAnswered }) => !isAnswered || (mode === "enforce" && ageOf(user, now) < checked));
  return all.sort(
    (a, b) => Number(a.isAnswered) - Number(b.isAnswered) || ageOf(b.user, now) - ageOf(a.user, now),
  );
}

/**
 * How the quarantine of a user stands as far as the listing shows: `gap` when the responder has to look,
 * `denied` when credentials are still to be looked at, `none` for everybody else. A quarantine of a moment
 * ago is left to the response and the hold that make it.
 */
export function standing(user: ListedUser, { policyArn }: Chosen, now: number): "gap" | "denied" | "none" {
  const { tags = [] } = user.state;
  const status = tagValue(tags, TAG_KEYS.status);
  const isDenied = denialsIn(user.state, policyArn).length > 0;
  const hasEnded = status === TAG_STATUS.released && !isReleased(tags, now);
  const isFresh = ageOf(user, now) < USER_AGES_MS.settled;
  const stood = now - Date.parse(tagValue(tags, TAG_KEYS.time));
  // A time to come is nobody's who keeps quarantines.
  const isMoving = stood >= 0 && stood < AGES_MS.fresh;
  if (hasEnded) {
    return "gap";
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
