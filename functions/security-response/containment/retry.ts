/** When and how long {@link retry} tries again. */
export interface RetryPlan {
  readonly when: (error: unknown) => boolean;
  /** Milliseconds after which it gives up with the last error. */
  readonly budget: number;
}

interface Timing {
  readonly clock: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

const FIRST_WAIT = 200;
const LONGEST_WAIT = 2_000;

/** Repeats `act` on the errors of the plan, waiting twice as long each time, half of it at random. */
export async function retry<T>(act: () => Promise<T>, plan: RetryPlan, timing: Timing): Promise<T> {
  const end = timing.clock() + plan.budget;
  for (let attempt = 0; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt);
      const wait = longest / 2 + (timing.random() * longest) / 2;
      if (!plan.when(error) || timing.clock() + wait > end) {
        throw error;
      }
      await timing.sleep(wait);
    }
  }
}
