import { setTimeout as pause } from "node:timers/promises";

/** Looks again and again until there is something to return; fails with what was waited for. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 4_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    const found = await look();
    if (found !== undefined) {
      return found;
    }
    await pause(25);
  }
  throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
}
