import type { Bench } from "./bench";
import { cold } from "./cold/bench";
import { hold } from "./hold/bench";
import { packageSizes } from "./package/bench";
import { reviewBench } from "./review/bench";
import { rollout } from "./rollout/bench";
import { storm } from "./storm/bench";
import { sweepBench } from "./sweep/bench";
import { synth } from "./synth/bench";
import { warm } from "./warm/bench";

/** Every bench, in the order in which all of them run. */
export const BENCHES: readonly Bench[] = [
  synth,
  packageSizes,
  cold,
  warm,
  storm,
  sweepBench,
  reviewBench,
  hold,
  rollout,
];

/**
 * The benches of these names; for none, all but those that run on request only.
 *
 * @throws For names that are no bench; the message lists those that are.
 */
export function selectBenches(names: readonly string[]): readonly Bench[] {
  const unknown = names.filter((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    const known = BENCHES.map(({ name }) => name).join(", ");
    throw new Error(`expected benches out of ${known}; got ${unknown.join(", ")}`);
  }
  return names.length === 0
    ? BENCHES.filter(({ onRequest }) => onRequest === undefined)
    : BENCHES.filter(({ name }) => names.includes(name));
}
