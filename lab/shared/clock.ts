import { setTimeout as pause } from "node:timers/promises";

/** The time, and pauses. Tests replace it. */
export interface Clock {
  readonly now: () => Date;
  /** Waits. Never returns once the lab has stopped. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** The machine's clock. After `stopped` aborts, no pause ends, and none keeps the process alive. */
export function systemClock(stopped: AbortSignal): Clock {
  return {
    now: () => new Date(),
    sleep: async (milliseconds) => {
      try {
        await pause(milliseconds, undefined, { signal: stopped });
      } catch {
        await new Promise<never>(() => undefined);
      }
    },
  };
}
