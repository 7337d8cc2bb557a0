import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import type { Construct } from "constructs";
import { runbookLink } from "../functions/shared/alert/runbook";
import { ALARMED_METRICS, shownMetrics } from "./audit-metrics";
import { BaseStack } from "./base-stack";
import { hasChannels } from "./config/channels";
import { guardAccount } from "./config/guard-targets";
import { hasDrill, hasSweep } from "./config/roles";
import type { Rollout } from "./config/rollout";
import { Alarms, deadLetters, failedInvocations, functionMetric, responseMetrics } from "./constructs/alarms";
import { AlertTopic } from "./constructs/alert-topic";
import { AuditLog } from "./constructs/audit-log";
import { BusRule, type BusRuleProps } from "./constructs/bus-rule";
import { channelAlarms, ChannelNotifiers, channelRules } from "./constructs/channels";
import { DeadLetterQueue } from "./constructs/dead-letter-queue";
import { Notifier } from "./constructs/notifier";
import { SecurityBus } from "./constructs/security-bus";
import { SilenceWatch, silenceRules, type Watched } from "./constructs/silence-watch";
import { dashboardBody } from "./dashboard-body";
import {
  attemptRefused,
  FORWARDED,
  FORWARDED_ALARM,
  FORWARDED_GUARD_CHANGE,
  notReplayed,
  ownOtherPartsChanged,
  otherPartsChanged,
  OUTCOME_TO_ANNOUNCE,
  ownAttemptRefused,
  ownPartsChanged,
  partsChanged,
} from "./event-patterns";
import type { FunctionPackages } from "./function-package";
import { NAMES, SECURITY_ALARM_PREFIX, SILENT_ACCOUNTS } from "./names";

/**
 * Id of the target that sends mail. Before version 0.3 the target was the topic itself. With the same id,
 * EventBridge replaces one by the other in one call, so that the rule is never without a target during an
 * upgrade.
 */
const NOTIFIED = "topic";

export interface SecurityStackProps {
  readonly rollout: Rollout;
  readonly packages: FunctionPackages;
}

/** The security account: the bus that all target accounts forward to, its archive, audit log and alerts. */
export class SecurityStack extends BaseStack {
  constructor(scope: Construct, id: string, { rollout, packages }: SecurityStackProps) {
    const { securityAccount } = rollout;
    super(scope, id, { rollout, accountId: securityAccount.id });
    const { names } = this;
    const guard = guardAccount(rollout);
    const ruleArn = (rule: string) => names.ruleArn(rule, NAMES.bus);
    const busRules = [
      NAMES.auditRule,
      NAMES.outcomeAlertRule,
      NAMES.alarmAlertRule,
      NAMES.changeAlertRule,
      NAMES.otherChangeAlertRule,
      NAMES.refusalAlertRule,
      ...(guard ? [NAMES.guardAlertRule] : []),
    ];
    // Events about this account do not go through the bus, since the bus may be what somebody has changed.
    const ownRules = [NAMES.ownChangeRule, NAMES.ownOtherChangeRule, NAMES.ownRefusalRule];
    const drilled = rollout.accounts.filter((account) => hasDrill(rollout, account));
    const sweeps = rollout.accounts.some((account) => hasSweep(rollout, account));
    const watched: Watched = { drilled, everyHours: rollout.drill.everyHours, sweeps };
    const watchRules = silenceRules(watched);
    const watchesSilence = watchRules.length > 0;
    const hasDrills = drilled.length > 0;
    const { channels } = securityAccount;

    const { bus } = new SecurityBus(this, "security-bus", {
      names,
      organizationId: rollout.organizationId,
      archiveRetentionDays: securityAccount.archiveRetentionDays,
    });
    const alerts = new AlertTopic(this, "alerts", {
      names,
      emails: securityAccount.notificationEmails,
      alarmNames: `${SECURITY_ALARM_PREFIX}*`,
    });
    const { deploymentRole } = rollout;
    const { dashboard, slowContainmentSeconds } = securityAccount;
    const audit = new AuditLog(this, "audit-log", {
      names,
      retentionDays: securityAccount.logRetentionDays,
      metrics: [...ALARMED_METRICS, ...(dashboard ? shownMetrics(deploymentRole, hasDrills) : [])],
    });
    const undelivered = new DeadLetterQueue(this, "dead-letters", {
      names,
      queueName: NAMES.securityDeadLetters,
      ruleArns: [
        ...busRules.map(ruleArn),
        ...[...ownRules, ...watchRules, ...channelRules(channels)].map((rule) => names.ruleArn(rule)),
      ],
    });
    const notifier = new Notifier(this, "notifier", {
      names,
      code: packages.notifier,
      topicArn: alerts.topic.arn,
      topicKeyArn: alerts.keyId,
      deploymentRole,
      dashboard,
      runbookUrl: rollout.runbookUrl,
      deadLetterQueueArn: undelivered.queue.arn,
      logRetentionDays: securityAccount.logRetentionDays,
      watchesSilence,
    });

    const addRule = (ruleId: string, props: Pick<BusRuleProps, "ruleName" | "description" | "pattern">) =>
      new BusRule(this, ruleId, { ...props, busName: bus.name, deadLetters: undelivered });
    const auditLog = { arn: audit.group.arn, dependsOn: [audit.policy] };
    addRule("audit", {
      ruleName: NAMES.auditRule,
      description: "Everything that target accounts forward",
      pattern: FORWARDED,
    }).sendTo("audit-log", auditLog);
    const outcomeRule = addRule("outcome-alerts", {
      ruleName: NAMES.outcomeAlertRule,
      description: "A responder ended a response that people should read",
      pattern: OUTCOME_TO_ANNOUNCE,
    }).invoke(NOTIFIED, notifier, "OutcomeAlertRuleInvokes");
    const alarmRule = addRule("alarm-alerts", {
      ruleName: NAMES.alarmAlertRule,
      description: "An alarm of a target account went off",
      pattern: FORWARDED_ALARM,
    }).invoke(NOTIFIED, notifier, "AlarmAlertRuleInvokes");
    const changeRule = addRule("change-alerts", {
      ruleName: NAMES.changeAlertRule,
      description: "A part of a target account's quarantine was changed",
      pattern: partsChanged(names),
    }).invoke(NOTIFIED, notifier, "ChangeAlertRuleInvokes");
    const otherChangeRule = addRule("other-change-alerts", {
      ruleName: NAMES.otherChangeAlertRule,
      description: "The same by calls that name it otherwise, or a change of what it rests on",
      pattern: otherPartsChanged(names, rollout),
    }).invoke(NOTIFIED, notifier, "OtherChangeAlertRuleInvokes");
    const refusalRule = addRule("refusal-alerts", {
      ruleName: NAMES.refusalAlertRule,
      description: "Somebody in a target account was refused what would undo a quarantine",
      pattern: attemptRefused(names),
    }).invoke(NOTIFIED, notifier, "RefusalAlertRuleInvokes");
    const guardRules = guard
      ? [
          addRule("guard-alerts", {
            ruleName: NAMES.guardAlertRule,
            description: "The guard was changed or detached",
            pattern: FORWARDED_GUARD_CHANGE,
          }).invoke(NOTIFIED, notifier, "GuardAlertRuleInvokes"),
        ]
      : [];

    const addOwnRule = (ruleId: string, props: Pick<BusRuleProps, "ruleName" | "description" | "pattern">) =>
      new BusRule(this, ruleId, { ...props, deadLetters: undelivered }).sendTo("audit-log", auditLog);
    const changesRule = addOwnRule("own-changes", {
      ruleName: NAMES.ownChangeRule,
      description: "A part of the security account's stack was changed",
      pattern: notReplayed(ownPartsChanged(names, alerts.keyNames, hasChannels(channels))),
    }).invoke(NOTIFIED, notifier, "OwnChangeRuleInvokes");
    const ownOtherRule = addOwnRule("own-other-changes", {
      ruleName: NAMES.ownOtherChangeRule,
      description: "The same by calls that name it otherwise, or a change of what it rests on",
      pattern: notReplayed(ownOtherPartsChanged(names, rollout, hasChannels(channels))),
    }).invoke(NOTIFIED, notifier, "OwnOtherChangeRuleInvokes");
    const refusalsRule = addOwnRule("own-refusals", {
      ruleName: NAMES.ownRefusalRule,
      description: "Somebody was refused a change of the security account's stack",
      pattern: notReplayed(ownAttemptRefused(names)),
    }).invoke(NOTIFIED, notifier, "OwnRefusalRuleInvokes");

    const alarms = new Alarms(this, "alarms", {
      prefix: SECURITY_ALARM_PREFIX,
      topicArn: alerts.topic.arn,
      runbookLink: runbookLink("Other alarms", rollout.runbookUrl),
      metrics: [
        functionMetric("errors", NAMES.notifier, "Errors", "A mail was not sent. Lambda retries it twice."),
        functionMetric("throttles", NAMES.notifier, "Throttles", "Mails are waiting for concurrency."),
        functionMetric(
          "undelivered-failures",
          NAMES.notifier,
          "DestinationDeliveryFailures",
          "An event that was not mailed did not reach the dead-letter queue either. See the runbook.",
        ),
        ...deadLetters(NAMES.securityDeadLetters),
        failedInvocations("failed-audit", NAMES.auditRule, NAMES.bus),
        failedInvocations("failed-outcome-alerts", NAMES.outcomeAlertRule, NAMES.bus),
        failedInvocations("failed-alarm-alerts", NAMES.alarmAlertRule, NAMES.bus),
        failedInvocations("failed-change-alerts", NAMES.changeAlertRule, NAMES.bus),
        failedInvocations("failed-refusal-alerts", NAMES.refusalAlertRule, NAMES.bus),
        failedInvocations("failed-own-changes", NAMES.ownChangeRule),
        failedInvocations("failed-own-refusals", NAMES.ownRefusalRule),
        ...responseMetrics(slowContainmentSeconds),
        ...channelAlarms(channels),
      ],
    });

    if (hasChannels(channels)) {
      new ChannelNotifiers(this, "channels", {
        ...{ names, channels, deadLetters: undelivered, code: packages.notifier },
        topicArn: alerts.topic.arn,
        deploymentRole: rollout.deploymentRole,
        runbookUrl: rollout.runbookUrl,
        logRetentionDays: securityAccount.logRetentionDays,
        outcomes: outcomeRule,
        others: [
          ...[alarmRule, changeRule, otherChangeRule, refusalRule],
          ...[...guardRules, changesRule, ownOtherRule, refusalsRule],
        ],
      });
    }

    if (watchesSilence) {
      // The id is a part of addresses in deployed accounts.
      new SilenceWatch(this, "drill-watch", {
        ...{ watched, notifier, topicArn: alerts.topic.arn, deadLetters: undelivered, changesRule },
        runbookLink: runbookLink("A silent account", rollout.runbookUrl),
      });
    }

    if (dashboard) {
      const alarmNames = [
        ...alarms.alarmNames,
        ...(watchesSilence ? [`${SECURITY_ALARM_PREFIX}${SILENT_ACCOUNTS}`] : []),
      ];
      const body = dashboardBody({
        ...{ region: names.region, deploymentRole, slowContainmentSeconds },
        alarmArns: alarmNames.map((name) => names.alarmArn(name)),
        ...{ hasDrills, watchesSilence },
      });
      new CloudwatchDashboard(this, "dashboard", {
        dashboardName: NAMES.dashboard,
        dashboardBody: JSON.stringify(body),
      });
    }

    this.output("security_bus_arn", "Bus that target accounts forward to", bus.arn);
    this.output("audit_log_arn", "Log group that keeps every forwarded event", audit.group.arn);
    this.output(
      "notifier_code_sha256",
      "CodeSha256 that Lambda reports for security-notifier",
      notifier.codeSha256,
    );
    this.output("alert_topic_arn", "Topic of the organization's alerts", alerts.topic.arn);
  }
}
