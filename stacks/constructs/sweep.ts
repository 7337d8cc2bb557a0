import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { Construct } from "constructs";
import { SWEEP_ENV } from "../../functions/contract";
import type { FunctionPackage } from "../function-package";
import { ALARM_PREFIX, MISSED_SWEEPS, NAMES } from "../names";
import { sweepPolicy } from "../policies/sweep";
import { NodeFunction } from "./node-function";
import { responderEnvironment, type ResponderProps } from "./responder";

/** Sweeps that may be missing before the alarm has too little data. */
const MAY_BE_MISSING = 2;

export interface SweepProps extends Omit<ResponderProps, "code"> {
  readonly code: FunctionPackage;
  readonly everyMinutes: number;
  readonly unknownCreator: string;
}

/**
 * The function `quarantine-sweep`, which looks for what no event reported. It judges by the responder's
 * settings, and asks the responder to act. Its alarm goes off when it does not run, whatever the cause, such
 * as a disabled rule.
 */
export class Sweep extends NodeFunction {
  constructor(scope: Construct, id: string, props: SweepProps) {
    const { names, account, everyMinutes, unknownCreator } = props;
    super(scope, id, {
      names,
      functionName: NAMES.sweep,
      description: "Looks for new users and undone quarantines that no event told of",
      code: props.code,
      policy: sweepPolicy(names, account),
      environment: {
        ...responderEnvironment(props),
        [SWEEP_ENV.everyMinutes]: String(everyMinutes),
        [SWEEP_ENV.unknownCreator]: unknownCreator,
      },
      // Shorter than the shortest period, so that no two sweeps run at once.
      timeoutSeconds: 290,
      memoryMegabytes: 512,
      logRetentionDays: account.logRetentionDays,
      destinations: { onFailure: props.deadLetterQueueArn },
    });
    new CloudwatchMetricAlarm(this, "missed", {
      alarmName: `${ALARM_PREFIX}${MISSED_SWEEPS}`,
      alarmDescription: "The sweep does not run. What no event tells of stays unseen: see the runbook.",
      namespace: "AWS/Lambda",
      metricName: "Invocations",
      dimensions: { FunctionName: NAMES.sweep },
      statistic: "Sum",
      period: everyMinutes * 60,
      evaluationPeriods: MAY_BE_MISSING,
      threshold: 1,
      comparisonOperator: "LessThanThreshold",
      // Not "breaching": the alarm would go off in every account before the first sweep. The rule for alarms
      // forwards that the data ends.
      treatMissingData: "missing",
    });
  }
}
