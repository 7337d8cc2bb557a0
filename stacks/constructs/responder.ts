import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import type { Construct } from "constructs";
import { DRILL_PATH, RESPONDER_DESCRIPTION, RESPONDER_ENV, type MayUndo } from "../../functions/contract";
import { NO_PAUSE } from "../../functions/shared/pause";
import type { Account } from "../config/rollout";
import type { FunctionPackage } from "../function-package";
import { NAMES, type AccountNames } from "../names";
import { responderPolicy } from "../policies/responder";
import type { AlarmedMetric } from "./alarms";
import { NodeFunction } from "./node-function";

const METRIC_NAMESPACE = "IamUserQuarantine";

/**
 * The memory size at which Lambda gives a function one full processor, which a cold start needs: see
 * docs/lambda-memory.md. The function itself uses a twentieth of the memory.
 */
export const MEMORY_MEGABYTES = 1_769;

export interface ResponderProps {
  readonly names: AccountNames;
  readonly account: Account;
  readonly code: FunctionPackage;
  /** Version of this project. */
  readonly version: string;
  readonly policyArn: string;
  readonly topicArn: string;
  readonly mayUndo: readonly MayUndo[];
  readonly deadLetterQueueArn: string;
  /** Address of docs/runbook.md for readers. @default - alerts name its sections in words */
  readonly runbookUrl?: string | undefined;
}

/**
 * The function `security-response`. Its outcome goes to the default bus, failed events go to the dead-letter
 * queue.
 */
export class Responder extends NodeFunction {
  /**
   * Alerts that were withheld because another delivery of the same event claimed them. An administrator of
   * the account can forge the claim, so withheld alerts have to be noticed.
   */
  readonly withheldAlerts: AlarmedMetric;

  constructor(scope: Construct, id: string, props: ResponderProps) {
    const { names, account, mayUndo } = props;
    // The responder finds the drill's role by the same entry.
    const drillRoleArn = mayUndo.find(({ path }) => path === DRILL_PATH)?.arn;
    super(scope, id, {
      names,
      functionName: NAMES.responder,
      description: RESPONDER_DESCRIPTION,
      code: props.code,
      policy: responderPolicy(names, account, drillRoleArn),
      environment: responderEnvironment(props, names.topicArnOf(NAMES.hold)),
      timeoutSeconds: 60,
      memoryMegabytes: MEMORY_MEGABYTES,
      logRetentionDays: account.logRetentionDays,
      reservedConcurrency: account.reservedConcurrency,
      destinations: { onSuccess: names.defaultBusArn, onFailure: props.deadLetterQueueArn },
    });
    const withheld = { name: "WithheldAlerts", namespace: METRIC_NAMESPACE };
    new CloudwatchLogMetricFilter(this, "withheld-alerts", {
      name: `${NAMES.responder}-withheld-alerts`,
      logGroupName: this.logs.name,
      pattern: "{ $.answeredElsewhere IS TRUE }",
      metricTransformation: { ...withheld, value: "1" },
    });
    this.withheldAlerts = {
      id: "withheld-alerts",
      description:
        "An alert was withheld as a second delivery. Make sure that there is a first one: see the runbook.",
      namespace: withheld.namespace,
      metricName: withheld.name,
    };
  }
}

/** The responder's environment; every variable of {@link RESPONDER_ENV}, and no other. */
export function responderEnvironment(
  props: ResponderProps,
  holdTopicArn?: string,
): Readonly<Record<string, string>> {
  const { names, account, policyArn, topicArn, mayUndo, version, runbookUrl } = props;
  return {
    [RESPONDER_ENV.mode]: account.mode,
    [RESPONDER_ENV.policyArn]: policyArn,
    [RESPONDER_ENV.topicArn]: topicArn,
    [RESPONDER_ENV.accountId]: account.id,
    [RESPONDER_ENV.accountName]: account.name,
    [RESPONDER_ENV.version]: version,
    [RESPONDER_ENV.trust]: JSON.stringify(account.trust),
    [RESPONDER_ENV.mayUndo]: JSON.stringify(mayUndo),
    [RESPONDER_ENV.deactivateAccessKeys]: String(account.deactivateAccessKeys),
    [RESPONDER_ENV.deleteLoginProfile]: String(account.deleteLoginProfile),
    ...(names.rolePath !== undefined && { [RESPONDER_ENV.rolePath]: names.rolePath }),
    [RESPONDER_ENV.pause]: NO_PAUSE,
    ...(runbookUrl !== undefined && { [RESPONDER_ENV.runbookUrl]: runbookUrl }),
    ...(holdTopicArn !== undefined && { [RESPONDER_ENV.holdTopicArn]: holdTopicArn }),
  };
}
