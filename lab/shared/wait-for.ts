import { setTimeout as sleep } from "node:timers/promises";

/** Time between two calls. */
const INTERVAL_MS = 50;

/**
 * Calls `look` again and again until it returns something.
 *
 * @param look Returns undefined while there is nothing yet.
 * @param limitMs Longest wait in milliseconds.
 * @returns What `look` returned, or undefined when the time is over.
 */
export async function waitFor<T>(
  look: () => Promise<T | undefined> | T | undefined,
  limitMs: number,
): Promise<T | undefined> {
  const end = Date.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined || Date.now() >= end) {
      return seen;
    }
    await sleep(INTERVAL_MS);
  }
}
