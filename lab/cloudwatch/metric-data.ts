import type { Observer } from "../exchange/pipeline";
import type { Clock } from "../shared/clock";
import type { Metric, Metrics } from "./metrics";
import { dimensionsOf } from "./stored-alarm";

/** The query protocol writes every value as text. */
type Numeric = number | string;

/** A datum of PutMetricData. */
interface Datum {
  readonly MetricName: string;
  readonly Dimensions?: unknown;
  readonly Timestamp?: Numeric;
  readonly Value?: Numeric;
  readonly Values?: readonly Numeric[];
  readonly Counts?: readonly Numeric[];
  readonly StatisticValues?: Readonly<Record<"Sum" | "SampleCount" | "Minimum" | "Maximum", Numeric>>;
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
function readTime(time: Numeric): Date {
  const seconds = Number(time);
  return new Date(Number.isNaN(seconds) ? time : seconds * 1000);
}
