import type { Arrival } from "./aws-stub";

/**
 * How many calls one after the other led to each call: one more than to the deepest call that had been
 * answered when it arrived. Says what depends on what only where answers take longer than everything else, a
 * wait of the function included.
 *
 * @returns One number an arrival, in their order.
 */
export function depths(arrivals: readonly Arrival[]): number[] {
  const found: number[] = [];
  arrivals.forEach(({ at }, index) => {
    const before = arrivals
      .slice(0, index)
      .flatMap(({ answeredAt }, earlier) => (answeredAt <= at ? [found[earlier] ?? 0] : []));
    found.push(1 + Math.max(0, ...before));
  });
  return found;
}

/** The same for the first call of an action. */
export function depthOf(action: string, arrivals: readonly Arrival[]): number {
  const depth = depths(arrivals)[arrivals.findIndex((arrival) => arrival.action === action)];
  if (depth === undefined) {
    throw new Error(`expected a call of ${action}, got none`);
  }
  return depth;
}
