import { hasCode, type Tools } from "./tools";

/** Time left unused, so that the function can still answer with what it made. */
export const ANSWER_RESERVE = 3_000;

const FIRST_WAIT = 200;
const LONGEST_WAIT = 2_000;
const ATTEMPTS = 12;

/** Repeats `act` while IAM answers with one of `codes`, which pass by themselves, and while there is time. */
export async function patiently<T>(
  act: () => Promise<T>,
  codes: readonly string[],
  tools: Pick<Tools, "sleep" | "remaining">,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1));
      const isOver = attempt >= ATTEMPTS || tools.remaining() < ANSWER_RESERVE + wait;
      if (isOver || !hasCode(error, ...codes)) {
        throw error;
      }
      await tools.sleep(wait);
    }
  }
}
