import type { Construct } from "constructs";
import { BaseStack } from "./base-stack";
import { ALARM_MESSAGE, OUTCOME_MESSAGE } from "./central-alerts";
import type { Rollout } from "./config/rollout";
import { Alarms, deadLetters, failedInvocations } from "./constructs/alarms";
import { AlertTopic } from "./constructs/alert-topic";
import { AuditLog } from "./constructs/audit-log";
import { BusRule, type BusRuleProps } from "./constructs/bus-rule";
import { DeadLetterQueue } from "./constructs/dead-letter-queue";
import { SecurityBus } from "./constructs/security-bus";
import { FORWARDED, FORWARDED_ALARM, OUTCOME_TO_ANNOUNCE } from "./event-patterns";
import { NAMES, SECURITY_ALARM_PREFIX } from "./names";

/** The security account: the bus that all target accounts forward to, its archive, audit log and alerts. */
export class SecurityStack extends BaseStack {
  constructor(scope: Construct, id: string, { rollout }: { readonly rollout: Rollout }) {
    const { securityAccount } = rollout;
    super(scope, id, { rollout, accountId: securityAccount.id });
    const { names } = this;
    const ruleArn = (rule: string) => names.ruleArn(rule, NAMES.bus);
    const alertRules = [NAMES.outcomeAlertRule, NAMES.alarmAlertRule];

    const { bus } = new SecurityBus(this, "security-bus", {
      names,
      organizationId: rollout.organizationId,
      archiveRetentionDays: securityAccount.archiveRetentionDays,
    });
    const alerts = new AlertTopic(this, "alerts", {
      names,
      emails: securityAccount.notificationEmails,
      publishers: { ruleArns: alertRules.map(ruleArn), alarmNames: `${SECURITY_ALARM_PREFIX}*` },
    });
    const audit = new AuditLog(this, "audit-log", { names, retentionDays: securityAccount.logRetentionDays });
    const undelivered = new DeadLetterQueue(this, "dead-letters", {
      names,
      queueName: NAMES.securityDeadLetters,
      ruleArns: [NAMES.auditRule, ...alertRules].map(ruleArn),
    });

    const addRule = (ruleId: string, props: Pick<BusRuleProps, "ruleName" | "description" | "pattern">) =>
      new BusRule(this, ruleId, { ...props, busName: bus.name, deadLetters: undelivered });
    const topic = { arn: alerts.topic.arn, dependsOn: [alerts.policy] };
    addRule("audit", {
      ruleName: NAMES.auditRule,
      description: "Everything that target accounts forward",
      pattern: FORWARDED,
    }).sendTo("audit-log", { arn: audit.group.arn, dependsOn: [audit.policy] });
    addRule("outcome-alerts", {
      ruleName: NAMES.outcomeAlertRule,
      description: "A responder ended a response that people should read",
      pattern: OUTCOME_TO_ANNOUNCE,
    }).sendTo("topic", { ...topic, inputTransformer: OUTCOME_MESSAGE });
    addRule("alarm-alerts", {
      ruleName: NAMES.alarmAlertRule,
      description: "An alarm of a target account went off",
      pattern: FORWARDED_ALARM,
    }).sendTo("topic", { ...topic, inputTransformer: ALARM_MESSAGE });

    new Alarms(this, "alarms", {
      prefix: SECURITY_ALARM_PREFIX,
      topicArn: alerts.topic.arn,
      metrics: [
        ...deadLetters(NAMES.securityDeadLetters),
        failedInvocations("failed-audit", NAMES.auditRule, NAMES.bus),
        failedInvocations("failed-outcome-alerts", NAMES.outcomeAlertRule, NAMES.bus),
        failedInvocations("failed-alarm-alerts", NAMES.alarmAlertRule, NAMES.bus),
      ],
    });

    this.output("security_bus_arn", "Bus that target accounts forward to", bus.arn);
    this.output("audit_log_arn", "Log group that keeps every forwarded event", audit.group.arn);
    this.output("alert_topic_arn", "Topic of the organization's alerts", alerts.topic.arn);
  }
}
