import { randomUUID } from "node:crypto";
import type { Home } from "../exchange/arn";
import { eventTime, type BusEvent } from "../exchange/bus-event";
import { alarmTime, dimensionsOf, textsOf, type StateChange, type StoredAlarm } from "./stored-alarm";

/** A state of an alarm, and since when it has it. */
export interface DatedState extends StateChange {
  readonly since: Date;
}

/** An alarm that changed from one state to another. */
export interface Transition {
  readonly alarm: StoredAlarm;
  readonly home: Home;
  readonly from: DatedState;
  readonly to: DatedState;
}

/** Names of Regions in CloudWatch's mails; the lab works in one. */
const REGION_NAMES: Readonly<Record<string, string>> = { "us-east-1": "US East (N. Virginia)" };

/** The event on the default bus: CloudWatch guide, "Alarm events and EventBridge". */
export function alarmEvent({ alarm, home, from, to }: Transition): BusEvent {
  const { AlarmName, AlarmArn, Namespace, MetricName, Period, Statistic } = alarm;
  const metric = { dimensions: dimensionsOf(alarm), name: MetricName, namespace: Namespace };
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": "CloudWatch Alarm State Change",
    source: "aws.cloudwatch",
    account: home.accountId,
    time: eventTime(to.since),
    region: home.region,
    resources: [AlarmArn],
    detail: {
      alarmName: AlarmName,
      state: stateInEvent(to),
      previousState: stateInEvent(from),
      configuration: {
        description: alarm.AlarmDescription ?? "",
        metrics: [
          {
            id: randomUUID(),
            metricStat: { metric, period: Number(Period), stat: Statistic },
            returnData: true,
          },
        ],
      },
    },
  };
}

function stateInEvent({ value, reason, reasonData, since }: DatedState): Record<string, string> {
  return { value, reason, reasonData, timestamp: alarmTime(since) };
}

/** What CloudWatch publishes to a topic: SNS guide, "Common Amazon CloudWatch alarm message". */
export function alarmNotification({ alarm, home, from, to }: Transition): {
  Subject: string;
  Message: string;
} {
  const region = REGION_NAMES[home.region] ?? home.region;
  const message = {
    AlarmName: alarm.AlarmName,
    AlarmDescription: alarm.AlarmDescription ?? null,
    AWSAccountId: home.accountId,
    AlarmConfigurationUpdatedTimestamp: alarm.AlarmConfigurationUpdatedTimestamp,
    NewStateValue: to.value,
    NewStateReason: to.reason,
    StateChangeTime: alarmTime(to.since),
    Region: region,
    AlarmArn: alarm.AlarmArn,
    OldStateValue: from.value,
    OKActions: textsOf(alarm.OKActions),
    AlarmActions: textsOf(alarm.AlarmActions),
    InsufficientDataActions: textsOf(alarm.InsufficientDataActions),
    Trigger: {
      MetricName: alarm.MetricName,
      Namespace: alarm.Namespace,
      StatisticType: "Statistic",
      Statistic: alarm.Statistic?.toUpperCase(),
      Unit: null,
      Dimensions: Object.entries(dimensionsOf(alarm)).map(([name, value]) => ({ value, name })),
      Period: Number(alarm.Period),
      EvaluationPeriods: Number(alarm.EvaluationPeriods),
      DatapointsToAlarm: Number(alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods),
      ComparisonOperator: alarm.ComparisonOperator,
      Threshold: Number(alarm.Threshold),
      TreatMissingData: alarm.TreatMissingData ?? "missing",
      EvaluateLowSampleCountPercentile: "",
    },
  };
  // SNS takes subjects of fewer than 100 characters.
  return {
    Subject: `${to.value}: "${alarm.AlarmName}" in ${region}`.slice(0, 99),
    Message: JSON.stringify(message),
  };
}
