import type { Home } from "../exchange/arn";
import { EXTRA_PERIODS, type AlarmRule, type AlarmState, type Breach } from "./evaluate-alarm";
import { startOfMinute, type Metrics, type Statistic } from "./metrics";

/** An alarm as DescribeAlarms of the query protocol returns it: every value is text. */
export interface StoredAlarm {
  readonly AlarmName: string;
  readonly AlarmArn: string;
  readonly AlarmDescription?: string;
  readonly AlarmConfigurationUpdatedTimestamp?: string;
  readonly ActionsEnabled?: string;
  readonly AlarmActions?: unknown;
  readonly OKActions?: unknown;
  readonly InsufficientDataActions?: unknown;
  readonly StateValue: AlarmState;
  readonly StateReason?: string;
  readonly StateReasonData?: string;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: unknown;
  readonly Statistic?: string;
  readonly Period?: string;
  readonly EvaluationPeriods?: string;
  readonly DatapointsToAlarm?: string;
  readonly Threshold?: string;
  readonly ComparisonOperator?: string;
  readonly TreatMissingData?: string;
}

/** A state, and what led to it. */
export interface StateChange {
  readonly value: AlarmState;
  readonly reason: string;
  /** JSON text. */
  readonly reasonData: string;
}

interface Datapoint {
  readonly start: number;
  readonly value: number;
  readonly sampleCount: number;
}

const BREACHES: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** The ARNs of the actions that a state triggers; none while the alarm's actions are switched off. */
export function actionsOf(alarm: StoredAlarm, state: AlarmState): readonly string[] {
  const { ActionsEnabled, OKActions, AlarmActions, InsufficientDataActions } = alarm;
  const actions = { OK: OKActions, ALARM: AlarmActions, INSUFFICIENT_DATA: InsufficientDataActions }[state];
  return ActionsEnabled === "false" ? [] : textsOf(actions);
}

/** An empty list of the query protocol is read as an empty text. */
export function textsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.map(String) : [];
}

/** The dimensions of an alarm or of a datum that a client puts. */
export function dimensionsOf({
  Dimensions,
}: {
  readonly Dimensions?: unknown;
}): Readonly<Record<string, string>> {
  const list = Array.isArray(Dimensions) ? (Dimensions as { Name: string; Value: string }[]) : [];
  return Object.fromEntries(list.map(({ Name, Value }) => [Name, Value]));
}

/** Why the lab cannot evaluate an alarm; undefined when it can. */
export function unsupported(alarm: StoredAlarm): string | undefined {
  const { Namespace, MetricName, Statistic: statistic = "", Period, ComparisonOperator = "" } = alarm;
  if (Namespace === undefined || MetricName === undefined || Period === undefined) {
    return "the lab evaluates alarms on one metric alone";
  }
  if (!/^(Sum|SampleCount|Minimum|Maximum|Average)$/.test(statistic)) {
    return `the lab does not know the statistic "${statistic}"`;
  }
  if (Number(Period) % 60 !== 0) {
    return `the lab has datapoints of a minute, not of ${Period} seconds`;
  }
  return BREACHES[ComparisonOperator] === undefined
    ? `the lab does not know the comparison "${ComparisonOperator}"`
    : undefined;
}

/** The parts of an alarm that decide its state. */
export function ruleOf(alarm: StoredAlarm): AlarmRule {
  const evaluationPeriods = Number(alarm.EvaluationPeriods);
  return {
    evaluationPeriods,
    datapointsToAlarm: Number(alarm.DatapointsToAlarm ?? evaluationPeriods),
    treatMissingData: (alarm.TreatMissingData ?? "missing") as AlarmRule["treatMissingData"],
  };
}

/** What an alarm sees when it is evaluated: the periods that are over. */
export class AlarmView {
  private readonly datapoints: readonly (Datapoint | undefined)[];
  private readonly rule: AlarmRule;
  private readonly periodMs: number;
  private readonly threshold: number;

  constructor(
    private readonly alarm: StoredAlarm,
    home: Home,
    metrics: Metrics,
    private readonly now: Date,
  ) {
    this.rule = ruleOf(alarm);
    this.periodMs = Number(alarm.Period) * 1000;
    this.threshold = Number(alarm.Threshold);
    const { Namespace: namespace = "", MetricName: name = "" } = alarm;
    const metric = { home, namespace, name, dimensions: dimensionsOf(alarm) };
    const periods = this.rule.evaluationPeriods + EXTRA_PERIODS;
    this.datapoints = Array.from({ length: periods }, (_, index) => {
      const start = startOfMinute(now) - (periods - index) * this.periodMs;
      const found = metrics.statistics(metric, start, start + this.periodMs);
      const value = found?.[alarm.Statistic as Statistic];
      return found === undefined || value === undefined
        ? undefined
        : { start, value, sampleCount: found.SampleCount };
    });
  }

  /** Oldest first. */
  get breaches(): readonly Breach[] {
    return this.datapoints.map((point) => point && this.breachesThreshold(point));
  }

  /** The reason as CloudWatch words it, with its data. */
  reasonFor(value: AlarmState, previous: AlarmState): StateChange {
    return { value, reason: this.reason(value, previous), reasonData: JSON.stringify(this.reasonData()) };
  }

  private reason(value: AlarmState, previous: AlarmState): string {
    const { evaluationPeriods: wanted, datapointsToAlarm, treatMissingData } = this.rule;
    const real = this.real();
    const plural = wanted === 1 ? "datapoint was" : "datapoints were";
    if (value === "INSUFFICIENT_DATA") {
      return `Insufficient Data: ${wanted} ${plural} unknown.`;
    }
    if (real.length === 0) {
      const as = treatMissingData === "breaching" ? "Breaching" : "NonBreaching";
      return `Threshold Crossed: no datapoints were received for ${wanted} periods and ${wanted} missing datapoints were treated as [${as}].`;
    }
    const named = real.filter((point) => this.breachesThreshold(point) === (value === "ALARM"));
    const list = named.map((point) => `${decimal(point.value)} (${shortDate(point.start)})`).join(", ");
    const needed = value === "ALARM" ? datapointsToAlarm : wanted - datapointsToAlarm + 1;
    return `Threshold Crossed: ${named.length} out of the last ${wanted} datapoints [${list}] ${named.length === 1 ? "was" : "were"} ${value === "ALARM" ? "" : "not "}${comparison(this.alarm)} the threshold (${decimal(this.threshold)}) (minimum ${needed} datapoint${needed === 1 ? "" : "s"} for ${previous} -> ${value} transition).`;
  }

  private reasonData(): unknown {
    const real = this.real();
    const start = real[0]?.start;
    return {
      version: "1.0",
      queryDate: alarmTime(this.now),
      ...(start === undefined ? {} : { startDate: alarmTime(new Date(start)) }),
      statistic: this.alarm.Statistic,
      period: this.periodMs / 1000,
      recentDatapoints: real.map((point) => point.value),
      threshold: this.threshold,
      evaluatedDatapoints: [...real].reverse().map((point) => ({
        timestamp: alarmTime(new Date(point.start)),
        sampleCount: point.sampleCount,
        value: point.value,
      })),
    };
  }

  private real(): Datapoint[] {
    return this.datapoints.filter((point) => point !== undefined).slice(-this.rule.evaluationPeriods);
  }

  private breachesThreshold({ value }: Datapoint): boolean {
    return BREACHES[this.alarm.ComparisonOperator ?? ""]?.(value, this.threshold) ?? false;
  }
}

/** `2026-01-05T08:00:00.250+0000` */
export function alarmTime(time: Date): string {
  return time.toISOString().replace("Z", "+0000");
}

function comparison({ ComparisonOperator = "" }: StoredAlarm): string {
  return ComparisonOperator.replace(/Threshold$/, "")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
}

function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** `05/01/26 08:00:00` */
function shortDate(time: number): string {
  const [date = "", clock = ""] = new Date(time).toISOString().split("T");
  const [year = "", month = "", day = ""] = date.split("-");
  return `${day}/${month}/${year.slice(2)} ${clock.slice(0, 8)}`;
}
