import { setTimeout as pause } from "node:timers/promises";

/** Pauses between two looks: what comes at once is seen at once, and a long wait costs little CPU time. */
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 500;

/** Long enough for what real programs do on a busy machine. */
export const BUSY_MACHINE_MS = 60_000;

/**
 * Looks again and again until there is something to return; fails with what was waited for. A test with a
 * shorter limit of its own fails without that.
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  timeoutMs = BUSY_MACHINE_MS,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    const found = await look();
    if (found !== undefined) {
      return found;
    }
    if (Date.now() >= end) {
      throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
    }
    await pause(pauseMs);
  }
}
