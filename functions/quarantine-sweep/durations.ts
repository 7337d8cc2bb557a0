/** Ages of users, in milliseconds. */
export const USER_AGES_MS = {
  /**
   * From then on the event of a creation must have arrived, and its response have ended: 90 s for CloudTrail
   * as published, a minute and two for Lambda's retries, and half a minute for the response.
   */
  settled: 5 * 60_000,
  /**
   * From then on CloudTrail must have the record. AWS promises nothing for its event history. Log files take
   * about 5 minutes on average (CloudTrail guide, "Getting and viewing your CloudTrail log files"), and up to
   * 15 as AWS said before 2023; 35 s at worst were seen for LookupEvents in us-east-1.
   */
  recorded: 15 * 60_000,
  /**
   * Until then a user without an answer is looked up, so that what one sweep leaves, and what was created
   * while no sweep ran, is not lost.
   */
  young: 24 * 3_600_000,
  /**
   * Until then a user is looked up whom the responder's log shows as left alone for a pause: seven of the
   * longest pauses, one after the other.
   */
  paused: 7 * 24 * 3_600_000,
} as const;

/** The time of one sweep, in milliseconds. */
export const SWEEP_MS = {
  /**
   * From the beginning of one lookup to the next: CloudTrail takes two a second in an account and Region
   * (CloudTrail API reference, LookupEvents), and people need some of them.
   */
  betweenLookups: 550,
  /** How long CloudTrail may throttle one lookup before the rest is left to the next sweep. */
  throttled: 20_000,
  /** For reading whether the quarantine is paused. */
  pause: 10_000,
  /** Left for invoking the responder and for the log. */
  reserve: 10_000,
} as const;
