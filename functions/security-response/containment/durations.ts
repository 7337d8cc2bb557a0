/**
 * The time of one invocation by phase, in milliseconds, in the order of the phases. A phase that ends early
 * leaves its time to the next ones. They add up to the time-out of the function; when less time is left, each
 * phase shrinks in proportion.
 */
export const PHASES_MS = {
  /** Denying the user. The first deny method may take half of it, since IAM may throttle for long. */
  deny: 25_000,
  /** Reading the tags, the id and the access keys. */
  inspect: 5_000,
  /** Writing tags, setting keys inactive, deleting the password. */
  write: 7_000,
  /** Reading everything else. Its limit makes sure that there is an alert even if IAM does not answer. */
  read: 8_000,
  /** Closing the gap, and reading again until none is left. */
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
  /** The same in the mode `observe`, where nothing is urgent. */
  unknownUserObserved: 8_000,
  /** The same for a user that IAM has shown before. */
  knownUser: 3_000,
  /** For this long, IAM may not list what it has accepted. */
  listing: 5_000,
  /** Between two reads of a deny that IAM does not list yet. */
  betweenListings: 500,
  /** Deliveries of one event that run at once see each other's claim within this time. */
  claim: 750,
  /** A read that was sent together with the deny counts if both took less than this. */
  besideDeny: 1_000,
  /** After a call of the drill or the simulation that takes a deny off, until its user must be deleted. */
  deletion: 20_000,
  /** Between two reads of that user. */
  betweenReads: 1_000,
  /** Reading the boundary before it is replaced, for which the deny waits. */
  formerBoundary: 2_000,
} as const;

/** Ages of events, in milliseconds. */
export const AGES_MS = {
  /**
   * Up to this age of the event, the deny is sent before the user is read. Published delays of CloudTrail are
   * at most 90 s. A release does not count within this time after the quarantine, so that a second delivery
   * of the event cannot deny a released user again.
   */
  fresh: 120_000,
} as const;

/**
 * How often an execution environment restores one quarantine within an hour. Without a limit, an attacker
 * could cause costs by a loop of calls.
 */
export const MAX_RESTORES = 100;

/**
 * The hold, in milliseconds. `watch` and, of the phases above, the last read and the alert add up to the
 * time-out of the function `security-response-hold`.
 */
export const HOLD_MS = {
  /** The deny has to stay in place for this long; IAM takes about 4 s to apply it (OffensAI). */
  stands: 10_000,
  /** When the user is read, counted from the start of the hold, as long as nobody removes a deny. */
  checksAt: [1_000, 4_000, 10_000],
  /** Between two reads once somebody has removed a deny. */
  betweenContestedChecks: 50,
  /** Between two searches of all users for renamed ones, in one execution environment. */
  betweenSearches: 2_000,
  /** For each time span of this length without a removed deny, the wait grows by `betweenContestedChecks`. */
  slowsDownEvery: 1_000,
  /** The hold gives up after this long: then only the guard helps, or ending the attacker's sessions. */
  watch: 42_000,
} as const;
