/** When and how long {@link retry} tries again. */
export interface RetryPlan {
  /** Whether an error is transient. */
  readonly when: (error: unknown) => boolean;
  /** Milliseconds after which {@link retry} gives up with the last error. */
  readonly budget: number;
}

/** Clock, randomness and waiting for {@link retry}. */
export interface RetryTiming {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 2_000;

/**
 * Retries `act` on the errors of the plan. Each wait is twice as long as the one before, half of it random.
 */
export async function retry<T>(act: () => Promise<T>, plan: RetryPlan, timing: RetryTiming): Promise<T> {
  const end = timing.clock() + plan.budget;
  for (let attempt = 0; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
      const wait = longest / 2 + (timing.random() * longest) / 2;
      if (!plan.when(error) || timing.clock() + wait > end) {
        throw error;
      }
      await timing.sleep(wait);
    }
  }
}
