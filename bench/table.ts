import Table from "cli-table3";
import type { BenchResult, Metric } from "./bench";

/** A result as a person reads it: a row a subject, a column a metric, a line a target. No colour. */
export function renderResult({ subjects, targets }: BenchResult): string {
  const columns = columnsOf(subjects.map(({ metrics }) => metrics));
  const table = new Table({
    head: ["", ...columns.map(([name, unit]) => `${name} (${unit})`)],
    colAligns: ["left", ...columns.map(() => "right" as const)],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, metrics } of subjects) {
    table.push([name, ...columns.map(([column]) => cell(metrics[column]))]);
  }
  const lines = targets.map(
    ({ goal, measured, limit, met }) =>
      `${met ? "reached" : "missed "}  ${goal}: ${number(measured)} (limit ${number(limit)})`,
  );
  return [table.toString(), ...lines].join("\n");
}

/** Name and unit of every metric, each at its first appearance. */
function columnsOf(metrics: readonly Readonly<Record<string, Metric>>[]): [name: string, unit: string][] {
  return [
    ...new Map(metrics.flatMap((each) => Object.entries(each).map(([name, { unit }]) => [name, unit]))),
  ];
}

function cell(metric: Metric | undefined): string {
  return metric === undefined ? "" : number(metric.value);
}

function number(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 2 : value < 1_000 ? 1 : 0 });
}
