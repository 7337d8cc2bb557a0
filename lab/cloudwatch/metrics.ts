import type { Home } from "../exchange/arn";
import type { Clock } from "../shared/clock";

export type Dimensions = Readonly<Record<string, string>>;

/** A metric of an account in a Region. */
export interface Metric {
  readonly home: Home;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
}

/** Values of one minute, or of several. */
export interface Statistics {
  readonly Sum: number;
  readonly SampleCount: number;
  readonly Minimum: number;
  readonly Maximum: number;
  readonly Average: number;
}

export type Statistic = keyof Statistics;

/** Records a value, 1 unless another one is given, for the minute that runs. */
export type RecordMetric = (metric: Metric, value?: number, at?: Date) => void;

interface Datapoint {
  sum: number;
  count: number;
  minimum: number;
  maximum: number;
}

export const MINUTE_MS = 60_000;

/** CloudWatch keeps one-minute datapoints for 15 days; the lab needs what an alarm can look at: a day. */
const KEPT_MINUTES = 24 * 60;

/** The metrics of every account: one datapoint a minute, without delay. */
export class Metrics {
  /** By metric, then by the start of the minute. */
  private readonly datapoints = new Map<string, Map<number, Datapoint>>();

  constructor(private readonly clock: Pick<Clock, "now">) {}

  readonly record: RecordMetric = (metric, value = 1, at = this.clock.now()) => {
    this.add(metric, { sum: value, count: 1, minimum: value, maximum: value }, at);
  };

  /** Adds values whose statistics alone are known. */
  add(metric: Metric, { sum, count, minimum, maximum }: Datapoint, at: Date): void {
    const key = keyOf(metric);
    const minutes = this.datapoints.get(key) ?? new Map<number, Datapoint>();
    this.datapoints.set(key, minutes);
    const minute = startOfMinute(at);
    const known = minutes.get(minute);
    if (known === undefined) {
      minutes.set(minute, { sum, count, minimum, maximum });
    } else {
      known.sum += sum;
      known.count += count;
      known.minimum = Math.min(known.minimum, minimum);
      known.maximum = Math.max(known.maximum, maximum);
    }
    if (minutes.size > KEPT_MINUTES) {
      minutes.delete(Math.min(...minutes.keys()));
    }
  }

  /** Metrics of an account that have a value. */
  of(accountId: string): Metric[] {
    return [...this.datapoints.keys()].map(metricOf).filter(({ home }) => home.accountId === accountId);
  }

  /** Of the values from `from` until before `to`, both starts of minutes; undefined when there are none. */
  statistics(metric: Metric, from: number, to: number): Statistics | undefined {
    const minutes = this.datapoints.get(keyOf(metric)) ?? new Map<number, Datapoint>();
    const found = [...minutes].filter(([minute]) => minute >= from && minute < to).map(([, point]) => point);
    if (found.length === 0) {
      return undefined;
    }
    const Sum = found.reduce((total, { sum }) => total + sum, 0);
    const SampleCount = found.reduce((total, { count }) => total + count, 0);
    return {
      ...{ Sum, SampleCount, Average: Sum / SampleCount },
      Minimum: Math.min(...found.map(({ minimum }) => minimum)),
      Maximum: Math.max(...found.map(({ maximum }) => maximum)),
    };
  }
}

export function startOfMinute(time: Date): number {
  return Math.floor(time.getTime() / MINUTE_MS) * MINUTE_MS;
}

/** Metrics are the same only when all their dimensions are. */
function keyOf({ home, namespace, name, dimensions }: Metric): string {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([home.accountId, home.region, namespace, name, sorted]);
}

function metricOf(key: string): Metric {
  const [accountId, region, namespace, name, dimensions] = JSON.parse(key) as [
    ...[accountId: string, region: string, namespace: string, name: string],
    dimensions: [string, string][],
  ];
  return { home: { accountId, region }, namespace, name, dimensions: Object.fromEntries(dimensions) };
}
