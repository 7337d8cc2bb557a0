/**
 * The longest pause. A pause with a later end does not count, so that nobody can end the quarantine by a
 * pause.
 */
export const MAX_PAUSE_MS = 24 * 3_600_000;

/** How far the operator's clock, by which the end was computed, may be ahead. */
const CLOCKS_DIFFER_MS = 5 * 60_000;

/** The variable of a responder that is not paused, as the stacks write it. */
export const NO_PAUSE = "none";

/** An order to deny no new user for a time. */
export interface Pause {
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** The operator's source identity, as written by the caller. CloudTrail records who the caller was. */
  readonly by: string;
}

/** A source identity: STS API reference, AssumeRole, `SourceIdentity`. */
const PAUSE = /^until (\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z) by ([\w+=,.@-]{2,64})$/;

/** Reads the variable; undefined for `none` and for everything that is not a valid pause. */
export function readPause(text: string | undefined): Pause | undefined {
  const [, end = "", by = ""] = PAUSE.exec(text ?? "") ?? [];
  const until = Date.parse(end);
  return Number.isNaN(until) ? undefined : { until, by };
}

/** Value of the variable for a pause; its end is in whole seconds. */
export function writePause({ until, by }: Pause): string {
  return `until ${isoSeconds(until)} by ${by}`;
}

/**
 * The pause, if it is in effect at `now`, in milliseconds since the epoch: it has not ended, and its end is
 * not further ahead than a pause may last.
 */
export function pauseAt(pause: Pause | undefined, now: number): Pause | undefined {
  return pause !== undefined && now < pause.until && pause.until - now <= MAX_PAUSE_MS + CLOCKS_DIFFER_MS
    ? pause
    : undefined;
}

/** `PAUSED until 2026-12-24T18:00:00Z by alice`, for people. */
export function describePause({ until, by }: Pause): string {
  return `PAUSED until ${isoSeconds(until)} by ${by}`;
}

function isoSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
