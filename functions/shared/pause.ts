/** The longest pause. An end further ahead is none, whoever wrote it: a pause is an order for one night. */
export const MAX_PAUSE_MS = 24 * 3_600_000;

/** How far the clock of the operator, by which the end was computed, may be ahead. */
const CLOCKS_DIFFER_MS = 5 * 60_000;

/** The variable of a responder that is not paused, as the stacks write it. */
export const NO_PAUSE = "none";

/** An order not to deny anybody for a time. */
export interface Pause {
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** The operator's source identity: the word of whoever wrote it. CloudTrail has who that was. */
  readonly by: string;
}

/** A source identity: STS API reference, AssumeRole, `SourceIdentity`. */
const PAUSE = /^until (\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z) by ([\w+=,.@-]{2,64})$/;

/** Reads the variable; undefined for what is no pause, which includes everything that cannot be read. */
export function readPause(text: string | undefined): Pause | undefined {
  const [, end = "", by = ""] = PAUSE.exec(text ?? "") ?? [];
  const until = Date.parse(end);
  return Number.isNaN(until) ? undefined : { until, by };
}

/** The variable of a pause, to the second. */
export function writePause({ until, by }: Pause): string {
  return `until ${isoSeconds(until)} by ${by}`;
}

/**
 * The pause that counts at a time, in milliseconds since the epoch; undefined for one that has ended, and as
 * long as its end is further ahead than a pause may last.
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
