import { metricLine } from "../shared/metric-line";
import type { SweepReport } from "./sweep";

/** Metrics by the number of the report that they show. */
const METRICS = {
  candidates: "SweepCandidates",
  recovered: "RecoveredEvents",
  unknown: "UnknownCreations",
  gaps: "GapsFound",
  left: "SweepLeft",
} as const satisfies Partial<Record<keyof SweepReport, string>>;

/**
 * The line by which CloudWatch Logs makes metrics of a report: what is above zero, since each metric costs
 * money in the hours in which it has a value.
 *
 * @param now Milliseconds since the epoch.
 * @returns undefined when there is nothing to report
 */
export function sweepMetrics(report: SweepReport, now: number): string | undefined {
  const metrics = Object.entries(METRICS)
    .map(([key, name]) => ({ name, unit: "Count" as const, values: report[key as keyof typeof METRICS] }))
    .filter(({ values }) => values > 0);
  return metrics.length === 0 ? undefined : metricLine(metrics, now);
}
