import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { METRIC_NAMESPACE } from "../../functions/shared/metric-line";
import { FAILED_RESPONSES, SECONDS_TO_CONTAINED } from "../audit-metrics";

/** A metric of which a single occurrence is worth an alarm. */
export interface AlarmedMetric {
  /** End of the alarm's name, and the construct's id. */
  readonly id: string;
  /** What it means and what to do, for the person who gets the alarm. */
  readonly description: string;
  readonly namespace: string;
  readonly metricName: string;
  /** @default - a metric without dimensions */
  readonly dimensions?: Readonly<Record<string, string>>;
  /** @default "Sum" */
  readonly statistic?: "Maximum" | "Sum";
  /** The alarm goes off at this value or above. @default 1 */
  readonly threshold?: number;
  /** Minutes that the metric may come late. @default LATEST_MINUTES */
  readonly latestMinutes?: number;
}

/**
 * How late a metric of EventBridge or Lambda may arrive. EventBridge delivers its metrics on a best-effort
 * basis, and CloudWatch evaluates each minute when it is over: an alarm on one period misses a value that
 * arrives later. Source: CloudWatch guide, "Configuring how alarms treat missing data".
 */
const LATEST_MINUTES = 5;

/** SQS takes up to 15 minutes to report a queue again that was idle for six hours (SQS guide, "Metrics"). */
const SQS_LATEST_MINUTES = 15;

export interface AlarmsProps {
  /** Beginning of every alarm's name. */
  readonly prefix: string;
  /**
   * Topic that the alarms publish to.
   *
   * @default - none: a rule forwards them to the security account
   */
  readonly topicArn?: string;
  /** Link to the runbook's section, for the mail that CloudWatch writes. @default - none */
  readonly runbookLink?: string | undefined;
  readonly metrics: readonly AlarmedMetric[];
}

/**
 * One alarm per metric. It goes off at one occurrence in any of the last minutes, stays on until that minute
 * is out of its range, and does not go off without data.
 */
export class Alarms extends Construct {
  /** Full names. */
  readonly alarmNames: readonly string[];

  constructor(scope: Construct, id: string, { prefix, topicArn, runbookLink, metrics }: AlarmsProps) {
    super(scope, id);
    this.alarmNames = metrics.map((metric) => `${prefix}${metric.id}`);
    for (const metric of metrics) {
      new CloudwatchMetricAlarm(this, metric.id, {
        alarmName: `${prefix}${metric.id}`,
        alarmDescription: withRunbook(metric.description, runbookLink),
        namespace: metric.namespace,
        metricName: metric.metricName,
        ...(metric.dimensions !== undefined && { dimensions: { ...metric.dimensions } }),
        statistic: metric.statistic ?? "Sum",
        period: 60,
        evaluationPeriods: metric.latestMinutes ?? LATEST_MINUTES,
        datapointsToAlarm: 1,
        threshold: metric.threshold ?? 1,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        treatMissingData: "notBreaching",
        ...(topicArn !== undefined && { alarmActions: [topicArn] }),
      });
    }
  }
}

/** The description of an alarm with a link at its end. CloudWatch takes 1,024 characters. */
export function withRunbook(description: string, link: string | undefined): string {
  return link === undefined ? description : `${description} The runbook: ${link}`;
}

/** Events of a rule that did not reach a target even after all retries. */
export function failedInvocations(id: string, ruleName: string, busName?: string): AlarmedMetric {
  return {
    id,
    description: `The rule ${ruleName} could not deliver events to a target. Look into the dead-letter queue.`,
    namespace: "AWS/Events",
    metricName: "FailedInvocations",
    dimensions: { RuleName: ruleName, ...(busName !== undefined && { EventBusName: busName }) },
  };
}

/** Events that reached neither a target nor its dead-letter queue: they are lost. */
export function lostEvents(id: string, ruleName: string): AlarmedMetric {
  return {
    id,
    description: `Events of the rule ${ruleName} are lost: not even the dead-letter queue took them. See the runbook.`,
    namespace: "AWS/Events",
    metricName: "InvocationsFailedToBeSentToDlq",
    dimensions: { RuleName: ruleName },
  };
}

/**
 * Messages in a dead-letter queue: one alarm that stays on until it is empty, and one that goes off again for
 * messages that arrive a quarter of an hour later.
 */
export function deadLetters(queueName: string): AlarmedMetric[] {
  const arrived: AlarmedMetric = {
    id: "new-dead-letters",
    description: `An event came into ${queueName}: a response or a delivery failed for good. See the runbook.`,
    namespace: "AWS/SQS",
    metricName: "NumberOfMessagesSent",
    dimensions: { QueueName: queueName },
    latestMinutes: SQS_LATEST_MINUTES,
  };
  const waiting: AlarmedMetric = {
    id: "dead-letters",
    description: `Events lie in ${queueName}: a response or a delivery failed for good. See the runbook.`,
    namespace: "AWS/SQS",
    metricName: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: queueName },
    statistic: "Maximum",
    latestMinutes: SQS_LATEST_MINUTES,
  };
  return [waiting, arrived];
}

/** Failed and slow responses of all target accounts, from the audit log. */
export function responseMetrics(slowContainmentSeconds: number): AlarmedMetric[] {
  return [
    {
      id: FAILED_RESPONSES.id,
      description:
        "In a target account a response or a delivery failed for good, or a drill failed: a user may be free. See the runbook.",
      namespace: METRIC_NAMESPACE,
      metricName: FAILED_RESPONSES.name,
    },
    {
      id: "slow-containment",
      description: `A user was contained ${slowContainmentSeconds} s or more after its creation. See the runbook.`,
      namespace: METRIC_NAMESPACE,
      metricName: SECONDS_TO_CONTAINED.name,
      statistic: "Maximum",
      threshold: slowContainmentSeconds,
    },
  ];
}

/** A metric of a function. */
export function functionMetric(
  id: string,
  functionName: string,
  metricName: string,
  description: string,
): AlarmedMetric {
  return { id, description, namespace: "AWS/Lambda", metricName, dimensions: { FunctionName: functionName } };
}
