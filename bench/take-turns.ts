import type { BenchOptions, Metric, Subject } from "./bench";
import { metric } from "./median";

/** Something that is measured once a round. */
export interface Contestant<Name extends string> {
  readonly name: string;
  /** One measurement. A metric that this subject does not have is left out, in every round. */
  readonly measure: () => Promise<Readonly<Partial<Record<Name, number>>>>;
}

/**
 * Measures every contestant once a round, one after the other, so that a slow minute of the machine hits all
 * of them.
 *
 * @param units Unit of each metric, in the order in which the table shows them.
 * @returns The medians, in the order of the contestants.
 */
export async function takeTurns<Name extends string, const All extends readonly Contestant<Name>[]>(
  { rounds, log }: Pick<BenchOptions, "rounds" | "log">,
  units: Readonly<Record<Name, string>>,
  contestants: All,
): Promise<{ readonly [Index in keyof All]: Subject }> {
  const measured = contestants.map(({ name, measure }) => ({
    name,
    measure,
    samples: [] as Readonly<Partial<Record<Name, number>>>[],
  }));
  for (let round = 1; round <= rounds; round += 1) {
    for (const { name, measure, samples } of measured) {
      log(`round ${round} of ${rounds}: ${name}`);
      samples.push(await measure());
    }
  }
  const subjects: readonly Subject[] = measured.map(({ name, samples }) => ({
    name,
    metrics: medians(units, samples),
  }));
  return subjects as { readonly [Index in keyof All]: Subject };
}

function medians<Name extends string>(
  units: Readonly<Record<Name, string>>,
  samples: readonly Readonly<Partial<Record<Name, number>>>[],
): Record<string, Metric> {
  const metrics: Record<string, Metric> = {};
  for (const name of Object.keys(units) as Name[]) {
    const rounds = samples.map((sample) => sample[name]).filter((value) => value !== undefined);
    if (rounds.length > 0) {
      metrics[name] = metric(units[name], rounds);
    }
  }
  return metrics;
}
