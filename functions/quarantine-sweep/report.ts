import { metricLine } from "../shared/metric-line";

/** What one sweep found and did, in numbers. */
export interface SweepReport {
  /** Users that were created after the quarantine policy. */
  readonly users: number;
  /** Users to whose creation there may have been no response. */
  readonly candidates: number;
  /** Creations that CloudTrail has a record of, but that no event reported. */
  readonly recovered: number;
  /** Users that were left alone during a pause, and that the responder was asked about after its end. */
  readonly afterPause: number;
  /** Users whose creation is not in CloudTrail. */
  readonly unknown: number;
  /**
   * Users with a gap in their quarantine, or with a release that has ended; a changed quarantine policy
   * counts too.
   */
  readonly gaps: number;
  /** Candidates that are left to the next sweep. */
  readonly left: number;
  /** What failed, for people. */
  readonly failures: readonly string[];
}

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
