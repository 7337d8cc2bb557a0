/**
 * The time of one invocation by phase, in milliseconds, in the order in which the phases follow each other. A
 * phase that ends early leaves its time to the next ones. They add up to the time-out of the function; where
 * it has less time, as in a retry of the same invocation, each phase shrinks in proportion.
 */
export const PHASES_MS = {
  /** Denying the user; the first way to deny may take half of it, since IAM may throttle for long. */
  deny: 25_000,
  /** Reading the tags, the id and the access keys. */
  look: 5_000,
  /** Writing tags, taking keys and password. */
  write: 7_000,
  /** Reading everything else. People should hear of the user even if IAM does not answer. */
  read: 8_000,
  /** What the readings show to be missing, until a reading shows that nothing is. */
  close: 5_000,
  /** Sending the alert, whatever IAM does. */
  alert: 10_000,
} as const;

/** Waiting inside the phases, in milliseconds. */
export const WAITS_MS = {
  /**
   * IAM may not know a new user for this long, before the user is looked up by its id. Seconds, as published.
   */
  unknownUser: 4_000,
  /** The same after the user was looked up. */
  unknownUserAtLast: 16_000,
  /** The same where nothing hurries, since nothing is changed. */
  unknownUserObserved: 8_000,
  /** The same for a user that IAM has answered for before. */
  knownUser: 3_000,
  /** IAM may not list for this long what it has accepted. */
  listing: 5_000,
  /** Before a deny that IAM does not list is looked for again. */
  betweenListings: 500,
  /** Deliveries of one event that run at once see each other's claim within this time. */
  claim: 750,
  /** A look beside the deny counts when both took less than this. */
  besideDeny: 1_000,
  /** Reading the boundary before it is replaced: the deny waits for it. */
  formerBoundary: 2_000,
} as const;

/** Ages of events, in milliseconds. */
export const AGES_MS = {
  /**
   * Until this age the deny goes out before the user is looked at. CloudTrail takes 90 s at most as
   * published. No release counts within this time after a quarantine, so that a doubled event can do no harm.
   */
  fresh: 120_000,
} as const;

/**
 * How often within an hour an environment puts one quarantine back. Without an end, an adversary could run up
 * a bill by a loop of calls.
 */
export const MAX_RESTORES = 100;

/**
 * Looking at a quarantine again, in milliseconds. `watch` and, of the phases above, the last reading and the
 * alert add up to the time-out of the function that does it.
 */
export const HOLD_MS = {
  /** The quarantine has to stand for this long; IAM takes about 4 s to act on it (OffensAI). */
  stands: 10_000,
  /** When a quarantine that nobody touches is looked at, after the hold began. */
  looks: [1_000, 4_000, 10_000],
  /** Between two looks once somebody has taken a deny off. */
  betweenBlows: 50,
  /** Between two searches of all users, of one environment, for users who were renamed. */
  betweenSearches: 2_000,
  /** For each such time that a deny has stood since, the next look comes another `betweenBlows` later. */
  slowsDownEvery: 1_000,
  /** A fight is given up after this long: only the guard, or ending the adversary's sessions, helps then. */
  watch: 42_000,
} as const;
