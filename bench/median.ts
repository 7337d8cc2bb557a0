import type { Metric } from "./bench";

/** The middle of the values; of an even number of them, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) {
    throw new Error("median: expected one value at least, got none");
  }
  return (lower + upper) / 2;
}

/** The median of a metric's rounds, and the rounds. */
export function metric(unit: string, rounds: readonly number[]): Metric {
  return { value: round(median(rounds)), unit, ...(rounds.length > 1 && { rounds: rounds.map(round) }) };
}

/** Four digits say all that such a measurement can; counts and bytes stay exact. */
export function round(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(4));
}
