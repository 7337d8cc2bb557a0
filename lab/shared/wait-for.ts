import { setTimeout as sleep } from "node:timers/promises";

/** Pauses between two looks: what comes at once is seen at once, and a long wait costs little. */
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 250;

/**
 * Looks again and again until there is something to see.
 *
 * @param look Returns undefined as long as there is nothing.
 * @param limitMs Longest wait in milliseconds.
 * @returns What was seen, or undefined when the time was over.
 */
export async function waitFor<T>(
  look: () => Promise<T | undefined> | T | undefined,
  limitMs: number,
): Promise<T | undefined> {
  const end = Date.now() + limitMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    const seen = await look();
    if (seen !== undefined || Date.now() >= end) {
      return seen;
    }
    await sleep(pauseMs);
  }
}
