import type { Clock } from "../../../lab/shared/clock";
import type { Propagation } from "../../../lab/shared/history";

/** A clock that moves only when someone sleeps, and remembers for how long. */
export function manualClock(start = new Date("2026-01-05T08:00:00Z")): Clock & { readonly slept: number[] } {
  let time = start.getTime();
  const slept: number[] = [];
  return {
    slept,
    now: () => new Date(time),
    sleep: (milliseconds) => {
      slept.push(milliseconds);
      time += milliseconds;
      return Promise.resolve();
    },
  };
}

/** Changes come into force after that many milliseconds of the clock. */
export function propagationOf(propagationMs: number, clock: Pick<Clock, "now"> = manualClock()): Propagation {
  return { clock, propagationMs: () => propagationMs };
}
