import { setTimeout as sleep } from "node:timers/promises";

/** Time between two looks. */
const INTERVAL_MS = 50;

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
  for (;;) {
    const seen = await look();
    if (seen !== undefined || Date.now() >= end) {
      return seen;
    }
    await sleep(INTERVAL_MS);
  }
}
