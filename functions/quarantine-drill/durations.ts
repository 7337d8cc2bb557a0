/**
 * The time of one drill by phase, in milliseconds, in the order in which the phases follow each other. They
 * add up to the time-out of the function; with less time than that, the response gets less.
 */
export const DRILL_MS = {
  /** Removing what earlier drills left behind, and announcing the user, until IAM shows it. */
  begin: 30_000,
  /**
   * From the user's creation until it must be denied: 90 s for CloudTrail as published, a minute until Lambda
   * repeats a response that failed, and half a minute for the response and for IAM to act on it.
   */
  response: 180_000,
  /**
   * How long the deny stays once it is there: the hold checks for ten seconds, begins some seconds later, and
   * would take for a fight what it sees missing.
   */
  hold: 30_000,
  /** Removing the user, whatever came before, and answering. */
  cleanUp: 60_000,
} as const;

/** Waiting inside the phases, in milliseconds. */
export const WAITS_MS = {
  /** Between two reads of the user, and between two calls as the user. */
  betweenChecks: 1_000,
  /** IAM shows the announcement within this time. */
  announcement: 15_000,
  /** Once IAM has shown it, until the user is created: the responder may read from elsewhere. */
  spreading: 5_000,
  /** IAM comes to know a new user within this time. */
  newUser: 15_000,
  /**
   * A key that IAM lists as inactive, and knew at no call before, is refused for that after so long without a
   * call that was accepted: a new key is unknown for some seconds too.
   */
  unknownKey: 10_000,
} as const;

const HOUR_MS = 3_600_000;

/** Hours in milliseconds. */
export function hours(count: number): number {
  return count * HOUR_MS;
}
