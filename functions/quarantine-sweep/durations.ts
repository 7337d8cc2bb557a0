/** Ages of users, in milliseconds. */
export const USER_AGES_MS = {
  /**
   * From this age on, the event of a creation should have arrived and the response have ended: 90 s for
   * CloudTrail as published, one and two minutes for Lambda's retries, and half a minute for the response.
   */
  settled: 5 * 60_000,
  /**
   * From this age on, CloudTrail should have the record. AWS states no time for its event history. Log files
   * take about 5 minutes on average (CloudTrail guide, "Getting and viewing your CloudTrail log files"), and
   * took up to 15 according to AWS before 2023; the longest that was seen for LookupEvents in us-east-1 is 35
   * s.
   */
  recorded: 15 * 60_000,
  /**
   * Up to this age a user without an answer in the log had none. An older one may have been answered by
   * version 0.2.0, whose lines have no ids, or longer ago than the log goes back, and released since.
   */
  young: 24 * 3_600_000,
  /**
   * Up to this age users are looked up, and the log is read: the length of seven of the longest pauses.
   * Nobody keeps sweeps and responses from running for so long without alarms.
   */
  lookedUp: 7 * 24 * 3_600_000,
} as const;

/** The time of one sweep, in milliseconds. */
export const SWEEP_MS = {
  /**
   * From the start of one lookup to the start of the next: CloudTrail allows two per second in an account and
   * Region (CloudTrail API reference, LookupEvents), and other users of the account need some of them.
   */
  betweenLookups: 550,
  /** How long CloudTrail may throttle one lookup before the rest is left to the next sweep. */
  throttled: 20_000,
  /** For reading whether the quarantine is paused. */
  pause: 10_000,
  /** Left for invoking the responder and for the log. */
  reserve: 10_000,
} as const;
