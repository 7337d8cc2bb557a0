import { setTimeout as pause } from "node:timers/promises";

/** Time as the lab's parts see it. */
export interface Clock {
  readonly now: () => Date;
  /** Waits; after the lab was stopped, forever. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** The machine's time. Once `stopped` aborts, whoever sleeps does not go on, and keeps no process alive. */
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
