import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { REPORT_EVERY_HOURS, type SilentAccountsRequest } from "../../functions/contract";
import { METRIC_NAMESPACE } from "../../functions/shared/metric-line";
import { NAMES, SECURITY_ALARM_PREFIX, SILENT_ACCOUNTS } from "../names";
import { withRunbook } from "./alarms";
import { BusRule } from "./bus-rule";
import type { DeadLetterQueue } from "./dead-letter-queue";
import type { Notifier } from "./notifier";

/** Characters of a target's input. Source: EventBridge API reference, Target. */
const MAX_INPUT = 8_192;

/** Targets of a rule. Source: EventBridge guide, "Quotas". */
const MAX_TARGETS = 5;

/**
 * Ten minutes past each hour. The notifier judges by the last full hour, whose events are in the audit log by
 * then, so that each check can compute what the one before it found.
 */
const EVERY_HOUR = "cron(10 * * * ? *)";

/** Checks that may be missing before the alarm has too little data. */
const MAY_BE_MISSING = 2;

/** An account that should show a sign of life. */
type WatchedAccount = Pick<{ readonly id: string; readonly name: string }, "id" | "name">;

/** The accounts that should show a sign of life. */
export interface Watched {
  /** Accounts that run drills. */
  readonly drilled: readonly WatchedAccount[];
  /** Hours from one drill to the next. */
  readonly everyHours: number;
  /**
   * Whether some accounts have sweeps. Each account that has reported before should report again; their names
   * are not configured, so that this stack does not change with every account.
   */
  readonly sweeps: boolean;
}

/** Names of the rules that start the checks of all accounts. */
export function silenceRules(watched: Watched): string[] {
  const rules = Math.ceil(silenceRequests(watched).length / MAX_TARGETS);
  return Array.from({ length: rules }, (_, index) => `${NAMES.silenceRules}-${index + 1}`);
}

/** The requests to the notifier: as few as EventBridge's limit for a target's input allows. */
function silenceRequests({ drilled, everyHours, sweeps }: Watched): string[] {
  const kind = "silent-accounts";
  const requestOf = (part: number, parts: number, accounts: readonly string[]): SilentAccountsRequest => ({
    ...{ kind, everyHours, part, parts, accounts },
  });
  const lists: string[][] = [];
  for (const { id, name } of drilled) {
    const last = lists.at(-1);
    const listed = `${id} ${name}`;
    // There are never more parts than accounts.
    const longest = requestOf(drilled.length, drilled.length, [...(last ?? []), listed]);
    if (last === undefined || JSON.stringify(longest).length > MAX_INPUT) {
      lists.push([listed]);
    } else {
      last.push(listed);
    }
  }
  const requests = lists.map((listed, index) => requestOf(index + 1, lists.length, listed));
  const ofSweeps: SilentAccountsRequest = {
    ...{ kind, sign: "sweep", everyHours: REPORT_EVERY_HOURS, part: 1, parts: 1, accounts: [] },
  };
  return [...requests, ...(sweeps ? [ofSweeps] : [])].map((request) => JSON.stringify(request));
}

export interface SilenceWatchProps {
  readonly watched: Watched;
  readonly notifier: Notifier;
  readonly topicArn: string;
  readonly deadLetters: DeadLetterQueue;
  /**
   * The rule that records changes of this account's own parts. It is deployed first: a change of the list of
   * accounts is recorded, and from then on accounts have two periods for a sign of life.
   */
  readonly changesRule: BusRule;
  /** Link to the runbook's section. @default - none */
  readonly runbookLink?: string | undefined;
}

const SILENT =
  "From some accounts no drill that passed, or no word of the sweep, has come for two periods: the mail of security-notifier names them. Without data, nobody looks any more. See the runbook.";

/**
 * Makes the notifier look each hour for accounts without a sign of life for two periods: a drill that passed,
 * or the report of a sweep. One alarm for all of them, which also goes off when the checks themselves stop.
 */
export class SilenceWatch extends Construct {
  constructor(scope: Construct, id: string, props: SilenceWatchProps) {
    super(scope, id);
    const { watched, notifier, topicArn, deadLetters, changesRule, runbookLink } = props;
    const requests = silenceRequests(watched);
    silenceRules(watched).forEach((ruleName, index) =>
      new BusRule(this, `rule-${index + 1}`, {
        ruleName,
        description: "It is time to look for accounts from which no sign of life comes",
        schedule: EVERY_HOUR,
        deadLetters,
      }).invokeWith(
        "part",
        notifier,
        `SilenceRule${index + 1}Invokes`,
        requests.slice(index * MAX_TARGETS, (index + 1) * MAX_TARGETS),
        changesRule.targets,
      ),
    );
    new CloudwatchMetricAlarm(this, "silent", {
      alarmName: `${SECURITY_ALARM_PREFIX}${SILENT_ACCOUNTS}`,
      alarmDescription: withRunbook(SILENT, runbookLink),
      namespace: METRIC_NAMESPACE,
      metricName: "SilentAccounts",
      statistic: "Maximum",
      period: 3_600,
      evaluationPeriods: MAY_BE_MISSING,
      datapointsToAlarm: 1,
      threshold: 1,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      // Not "breaching": the alarm would go off with every first deployment, before the first check. That the
      // data ends has an action of its own.
      treatMissingData: "missing",
      alarmActions: [topicArn],
      insufficientDataActions: [topicArn],
    });
  }
}
