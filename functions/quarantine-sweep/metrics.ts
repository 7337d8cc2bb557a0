import type { SweepReport } from "./sweep";

/** Namespace of the metrics, as that of the responder's. */
const NAMESPACE = "IamUserQuarantine";

/** Metrics by the number of the report that they show. */
const METRICS = {
  candidates: "SweepCandidates",
  recovered: "RecoveredEvents",
  unknown: "UnknownCreations",
  gaps: "GapsFound",
  left: "SweepLeft",
} as const satisfies Partial<Record<keyof SweepReport, string>>;

/**
 * The line by which CloudWatch Logs makes metrics of a report (CloudWatch guide, "Embedded metric format
 * specification"): what is above zero, since each metric costs money in the hours in which it has a value.
 *
 * @param now Milliseconds since the epoch.
 * @returns undefined when there is nothing to report
 */
export function metricLine(report: SweepReport, now: number): string | undefined {
  const values = Object.entries(METRICS)
    .map(([key, name]) => [name, report[key as keyof typeof METRICS]] as const)
    .filter(([, value]) => value > 0);
  if (values.length === 0) {
    return undefined;
  }
  const metrics = values.map(([Name]) => ({ Name, Unit: "Count" }));
  const _aws = {
    Timestamp: now,
    CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [[]], Metrics: metrics }],
  };
  return `${JSON.stringify({ _aws, ...Object.fromEntries(values) })}\n`;
}
