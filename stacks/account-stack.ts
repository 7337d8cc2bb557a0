import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import type { Construct } from "constructs";
import { DRILL_TAG, QUARANTINE_DOCUMENT, type ExpectedParts } from "../functions/contract";
import { BaseStack } from "./base-stack";
import { hasDrill, hasSweep, mayUndo } from "./config/roles";
import type { Account, Rollout } from "./config/rollout";
import {
  Alarms,
  deadLetters,
  failedInvocations,
  functionMetric,
  lostEvents,
  type AlarmedMetric,
} from "./constructs/alarms";
import { AlertTopic, NO_QUIET_DRILLS } from "./constructs/alert-topic";
import { AttackSimulation } from "./constructs/attack-simulation";
import { BusRule, type BusRuleProps } from "./constructs/bus-rule";
import { DeadLetterQueue } from "./constructs/dead-letter-queue";
import { Drill } from "./constructs/drill";
import { ForwardingRole } from "./constructs/forwarding-role";
import { Hold } from "./constructs/hold";
import { Responder } from "./constructs/responder";
import { Sweep } from "./constructs/sweep";
import {
  alarmRaised,
  attemptRefused,
  notReplayed,
  otherPartsChanged,
  outcomeReported,
  partsChanged,
  quarantineUndone,
  userCreated,
} from "./event-patterns";
import type { FunctionPackages } from "./function-package";
import { AccountNames, ALARM_PREFIX, FAILED_ALARM_FORWARDING, NAMES } from "./names";

export interface AccountStackProps {
  readonly rollout: Rollout;
  readonly account: Account;
  readonly packages: FunctionPackages;
}

/** Rules of a target account that forward to the security account. */
const FORWARDING_RULES = [
  NAMES.detectionRule,
  NAMES.outcomeRule,
  NAMES.alarmRule,
  NAMES.changeRule,
  NAMES.otherChangeRule,
  NAMES.refusalRule,
];

/**
 * One target account: from the CreateUser event to the quarantine, the alert, and the copy in the security
 * account. Construct ids are Terraform addresses: moving one destroys and creates what it stands for, in
 * every account.
 */
export class AccountStack extends BaseStack {
  constructor(scope: Construct, id: string, { rollout, account, packages }: AccountStackProps) {
    super(scope, id, { rollout, accountId: account.id });
    const { names } = this;
    const security = new AccountNames(rollout.partition, rollout.securityAccount.id);

    const policy = new IamPolicy(this, "quarantine-policy", {
      name: NAMES.quarantinePolicy,
      description: "Denies everything to a quarantined IAM user",
      policy: JSON.stringify(QUARANTINE_DOCUMENT),
    });
    const drills = hasDrill(rollout, account);
    const alerts = new AlertTopic(this, "alerts", {
      names,
      emails: account.notificationEmails,
      ...(drills && { mailed: NO_QUIET_DRILLS }),
    });
    const { everyMinutes, unknownCreator } = rollout.sweep;
    const sweeps = hasSweep(rollout, account);
    const rules = [
      ...FORWARDING_RULES,
      NAMES.undoneRule,
      ...(sweeps ? [NAMES.sweepRule] : []),
      ...(drills ? [NAMES.drillRule] : []),
    ];
    const undelivered = new DeadLetterQueue(this, "dead-letters", {
      names,
      queueName: NAMES.deadLetters,
      ruleArns: rules.map((rule) => names.ruleArn(rule)),
    });
    const responding = {
      names,
      account,
      code: packages.responder,
      version: packages.version,
      policyArn: policy.arn,
      topicArn: alerts.topic.arn,
      mayUndo: mayUndo(rollout, account),
      deadLetterQueueArn: undelivered.queue.arn,
      runbookUrl: rollout.runbookUrl,
    };
    const responder = new Responder(this, "responder", responding);
    const hold = new Hold(this, "hold", responding);

    const forwarding = new ForwardingRole(this, "forwarding", { names, security, rules: FORWARDING_RULES });
    const securityBus = {
      arn: security.securityBusArn,
      roleArn: forwarding.role.arn,
      dependsOn: [forwarding.policy],
    };
    const watched: BusRule[] = [];
    const addRule = (ruleId: string, props: Omit<BusRuleProps, "deadLetters">) => {
      const rule = new BusRule(this, ruleId, {
        ...{ enabled: account.mode !== "off", ...props, deadLetters: undelivered },
      });
      watched.push(rule);
      return rule;
    };

    const detection = addRule("detection", {
      ruleName: NAMES.detectionRule,
      description: "An IAM user was created",
      pattern: notReplayed(userCreated(names)),
    });
    detection.invoke("responder", responder, "DetectionRuleInvokes");
    detection.sendTo("security-bus", securityBus);
    const undone = addRule("undone", {
      ruleName: NAMES.undoneRule,
      description: "A call may have undone a quarantine",
      pattern: notReplayed(quarantineUndone(names)),
      // In the other modes nothing is quarantined.
      enabled: account.mode === "enforce",
    });
    undone.invoke("responder", responder, "UndoneRuleInvokes");
    addRule("outcomes", {
      ruleName: NAMES.outcomeRule,
      description: "The responder ended a response, or the sweep found the parts changed",
      pattern: outcomeReported(names),
    }).sendTo("security-bus", securityBus);
    addRule("raised-alarms", {
      ruleName: NAMES.alarmRule,
      description: "An alarm of the quarantine went off",
      pattern: alarmRaised(names),
    }).sendTo("security-bus", securityBus);
    addRule("part-changes", {
      ruleName: NAMES.changeRule,
      description: "A part of the quarantine was changed",
      pattern: notReplayed(partsChanged(names)),
    }).sendTo("security-bus", securityBus);
    addRule("other-part-changes", {
      ruleName: NAMES.otherChangeRule,
      description: "The same by calls that name it otherwise, or a change of what it rests on",
      pattern: notReplayed(otherPartsChanged(names, rollout)),
    }).sendTo("security-bus", securityBus);
    addRule("refusals", {
      ruleName: NAMES.refusalRule,
      description: "Somebody was refused what would undo a quarantine",
      pattern: notReplayed(attemptRefused(names)),
    }).sendTo("security-bus", securityBus);

    new Alarms(this, "alarms", {
      prefix: ALARM_PREFIX,
      metrics: [
        functionMetric("throttles", NAMES.responder, "Throttles", "Responses are waiting for concurrency."),
        // What a sweep finds itself needs no alarm, which costs more than the sweep: docs/adr/0024-health.md.
        ...(sweeps ? [] : alarmsWithoutSweep(responder)),
      ],
    });

    if (sweeps) {
      const code = packages.sweep;
      const sweep = new Sweep(this, "sweep", { ...responding, code, everyMinutes, unknownCreator });
      // The sweep's own rule and function are left out, since a changed sweep would not report itself. If the
      // drill is changed, the security account finds the account silent.
      const expected: ExpectedParts = {
        rules: watched.map((rule) => rule.expected),
        functions: [{ ...responder.expected, holdTopic: names.topicArnOf(NAMES.hold) }, hold.expected],
        forwardingRole: NAMES.forwardingRole,
        queue: undelivered.expected,
        topic: { name: NAMES.topic, emails: account.notificationEmails.length },
      };
      addRule("sweep-schedule", {
        ruleName: NAMES.sweepRule,
        description: "It is time for a sweep",
        schedule: `rate(${everyMinutes} minutes)`,
      }).invoke("sweep", sweep, "SweepRuleInvokes", JSON.stringify({ expected }));
    }

    if (drills) {
      // The drill writes it on its own role. A rollout that took it off while a drill runs would make that
      // drill a real alert, and each plan after a drill would show a change, each refresh a drift.
      this.provider.ignoreTags = [{ keys: [DRILL_TAG] }];
      const { everyHours } = rollout.drill;
      const drill = new Drill(this, "drill", { ...responding, code: packages.drill, everyHours });
      addRule("drill-schedule", {
        ruleName: NAMES.drillRule,
        description: "It is time for a drill",
        schedule: `rate(${everyHours} ${everyHours === 1 ? "hour" : "hours"})`,
      }).invoke("drill", drill, "DrillRuleInvokes");
    }

    if (account.attackSimulation) {
      new AttackSimulation(this, "attack-simulation", {
        names,
        code: packages.simulation,
        policyArn: policy.arn,
        logRetentionDays: account.logRetentionDays,
      });
    }

    this.output("quarantine_policy_arn", "Deny-all policy that quarantines a user", policy.arn);
    this.output("responder_arn", "Function security-response", responder.function.arn);
    this.output("responder_code_sha256", "CodeSha256 that Lambda reports for it", responder.codeSha256);
    this.output("detection_rule_arn", "Rule that catches CreateUser", detection.rule.arn);
    this.output("alert_topic_arn", "Topic of this account's alerts", alerts.topic.arn);
    this.output("security_bus_arn", "Central bus that events are forwarded to", security.securityBusArn);
  }
}

/** Alarms about what a sweep would report. */
function alarmsWithoutSweep(responder: Responder): AlarmedMetric[] {
  return [
    functionMetric("errors", NAMES.responder, "Errors", "A response failed. Lambda retries it twice."),
    functionMetric(
      "undelivered-outcomes",
      NAMES.responder,
      "DestinationDeliveryFailures",
      "An outcome did not reach the default bus, or a failed event not the dead-letter queue. See the runbook.",
    ),
    ...deadLetters(NAMES.deadLetters),
    responder.withheldAlerts,
    lostEvents("lost-events", NAMES.detectionRule),
    failedInvocations("failed-detection", NAMES.detectionRule),
    failedInvocations("failed-undone", NAMES.undoneRule),
    failedInvocations("failed-outcome-forwarding", NAMES.outcomeRule),
    failedInvocations(FAILED_ALARM_FORWARDING, NAMES.alarmRule),
    failedInvocations("failed-change-forwarding", NAMES.changeRule),
    failedInvocations("failed-refusal-forwarding", NAMES.refusalRule),
  ];
}
