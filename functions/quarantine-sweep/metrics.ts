import { metricLine } from "../shared/metric-line";
import type { SweepReport } from "./sweep";

/** Name of the metric for each number of the report. */
const METRICS = {
  candidates: "SweepCandidates",
  recovered: "RecoveredEvents",
  unknown: "UnknownCreations",
  gaps: "GapsFound",
  left: "SweepLeft",
} as const satisfies Partial<Record<keyof SweepReport, string>>;

/**
 * The log line from which CloudWatch creates metrics. Zeros are left out, since a metric is charged for each
 * hour in which it has a value.
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
