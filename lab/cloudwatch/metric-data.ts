import type { Observer } from "../exchange/pipeline";
import type { Clock } from "../shared/clock";
import type { Metric, Metrics } from "./metrics";
import { dimensionsOf } from "./stored-alarm";

/** A datum of PutMetricData as the query protocol writes it: every value is text. */
interface Datum {
  readonly MetricName: string;
  readonly Dimensions?: unknown;
  readonly Timestamp?: string;
  readonly Value?: string;
  readonly Values?: readonly string[];
  readonly Counts?: readonly string[];
  readonly StatisticValues?: Readonly<Record<"Sum" | "SampleCount" | "Minimum" | "Maximum", string>>;
}

/** What clients put with PutMetricData counts for alarms. */
export class MetricData {
  constructor(
    private readonly metrics: Metrics,
    private readonly clock: Pick<Clock, "now">,
  ) {}

  readonly observe: Observer = ({ request, accountId }, response) => {
    const { service, action, region, params } = request;
    if (service !== "monitoring" || action !== "PutMetricData" || response.status >= 300) {
      return;
    }
    const namespace = String(params["Namespace"]);
    for (const datum of (params["MetricData"] ?? []) as readonly Datum[]) {
      const dimensions = dimensionsOf(datum);
      this.add({ home: { accountId, region }, namespace, name: datum.MetricName, dimensions }, datum);
    }
  };

  private add(metric: Metric, { Timestamp, Value, Values = [], Counts = [], StatisticValues }: Datum): void {
    const at = Timestamp === undefined ? this.clock.now() : readTime(Timestamp);
    if (StatisticValues !== undefined) {
      const { Sum, SampleCount, Minimum, Maximum } = StatisticValues;
      const values = { sum: Number(Sum), count: Number(SampleCount) };
      this.metrics.add(metric, { ...values, minimum: Number(Minimum), maximum: Number(Maximum) }, at);
    }
    if (Value !== undefined) {
      this.metrics.record(metric, Number(Value), at);
    }
    Values.map(Number).forEach((value, index) => {
      const count = Number(Counts[index] ?? 1);
      this.metrics.add(metric, { sum: value * count, count, minimum: value, maximum: value }, at);
    });
  }
}

/** ISO 8601, or seconds since 1970. */
function readTime(text: string): Date {
  return new Date(/^[\d.]+$/.test(text) ? Number(text) * 1000 : text);
}
