import type { Metric } from "../cloudwatch/metrics";
import { nameInArn, readArn } from "../exchange/arn";

/** A metric of Lambda guide, "Using CloudWatch metrics with Lambda". */
type FunctionMetricName =
  | "AsyncEventsDropped"
  | "AsyncEventsReceived"
  | "DestinationDeliveryFailures"
  | "Duration"
  | "Errors"
  | "Invocations"
  | "Throttles";

export function functionMetric(functionArn: string, name: FunctionMetricName): Metric {
  const { accountId, region } = readArn(functionArn);
  const dimensions = { FunctionName: nameInArn(functionArn) };
  return { home: { accountId, region }, namespace: "AWS/Lambda", name, dimensions };
}
