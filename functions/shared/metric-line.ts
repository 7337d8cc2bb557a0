/** Namespace of the metrics of this project. */
export const METRIC_NAMESPACE = "IamUserQuarantine";

/** The values of one metric in one log line. */
export interface MetricValues {
  readonly name: string;
  readonly unit: "Count" | "Seconds";
  /** One value, or at most {@link MAX_METRIC_VALUES}. */
  readonly values: number | readonly number[];
}

/** Values of one metric in one line. Source: CloudWatch guide, "Embedded metric format specification". */
export const MAX_METRIC_VALUES = 100;

/**
 * The log line from which CloudWatch creates metrics without dimensions (CloudWatch guide, "Embedded metric
 * format specification").
 *
 * @param now Milliseconds since the epoch.
 */
export function metricLine(metrics: readonly MetricValues[], now: number): string {
  const _aws = {
    Timestamp: now,
    CloudWatchMetrics: [
      {
        Namespace: METRIC_NAMESPACE,
        Dimensions: [[]],
        Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
      },
    ],
  };
  return `${JSON.stringify({ _aws, ...Object.fromEntries(metrics.map(({ name, values }) => [name, values])) })}\n`;
}
