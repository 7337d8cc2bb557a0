import { waitFor } from "../../lab/shared/wait-for";

/** Long enough for what real programs do on a busy machine. */
export const BUSY_MACHINE_MS = 60_000;

/**
 * Waits until `look` returns something. Fails after `timeoutMs` milliseconds and names what is missing; a
 * test with a shorter limit of its own fails without that.
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  timeoutMs = BUSY_MACHINE_MS,
): Promise<T> {
  const found = await waitFor(look, timeoutMs);
  if (found === undefined) {
    throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
  }
  return found;
}
