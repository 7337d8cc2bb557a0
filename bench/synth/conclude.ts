import type { BenchResult, Metric, Subject, Target } from "../bench";
import { round } from "../median";

/** This project with three numbers of accounts, the usual way with two. */
export interface Runs<T> {
  readonly few: T;
  readonly some: T;
  readonly many: T;
  readonly usualFew: T;
  readonly usualMany: T;
}

/** What the measurements say about each further account, and about the targets. */
export function conclude(accounts: Runs<number>, subjects: Runs<Subject>): BenchResult {
  const growth = (from: keyof Runs<unknown>, to: keyof Runs<unknown>) =>
    perAccount(subjects[from], subjects[to], accounts[to] - accounts[from]);
  const own = growth("few", "many");
  const usual = growth("usualFew", "usualMany");
  const faster = value(usual, "time") / value(own, "time");
  // By CPU time: the difference of two short runs by the clock would be the machine's noise.
  const linear = value(growth("some", "many"), "cpu") / value(growth("few", "some"), "cpu");
  const { few, some, many, usualFew, usualMany } = subjects;
  const largest = `${accounts.many.toLocaleString("en-US")} accounts`;
  return {
    subjects: [
      few,
      some,
      many,
      { name: "this project, each further account", metrics: own },
      usualFew,
      usualMany,
      { name: "usual CDKTF, each further account", metrics: usual },
    ],
    targets: [
      atMost(`${largest}, seconds`, value(many.metrics, "time") / 1_000, 10),
      atMost(`${largest}, peak memory in MB`, value(many.metrics, "peak"), 400),
      {
        goal: "times faster than the usual way for each further account, at least",
        measured: round(faster),
        limit: 25,
        met: faster >= 25,
      },
      atMost(
        `linear: CPU time of a further account above ${accounts.some}, as a multiple of that below`,
        linear,
        1.3,
      ),
    ],
  };
}

/** What each further account costs: the fixed cost of a run is subtracted. */
function perAccount(fewer: Subject, more: Subject, further: number): Record<string, Metric> {
  return Object.fromEntries(
    Object.entries(more.metrics).map(([name, metric]) => [
      name,
      { value: round((metric.value - value(fewer.metrics, name)) / further), unit: metric.unit },
    ]),
  );
}

function value(metrics: Subject["metrics"], name: string): number {
  const metric = metrics[name];
  if (metric === undefined) {
    throw new Error(`expected the metric ${name}, got ${Object.keys(metrics).join(", ")}`);
  }
  return metric.value;
}

function atMost(goal: string, measured: number, limit: number): Target {
  return { goal, measured: round(measured), limit, met: measured <= limit };
}
