import { OrganizationsPolicy } from "@cdktf/provider-aws/lib/organizations-policy";
import { OrganizationsPolicyAttachment } from "@cdktf/provider-aws/lib/organizations-policy-attachment";
import type { Construct } from "constructs";
import { BaseStack } from "./base-stack";
import { guardTargets, type GuardTarget } from "./config/guard-targets";
import type { ManagementAccount, Rollout } from "./config/rollout";
import { BusRule } from "./constructs/bus-rule";
import { DeadLetterQueue } from "./constructs/dead-letter-queue";
import { ForwardingRole } from "./constructs/forwarding-role";
import { guardChanged } from "./event-patterns";
import { AccountNames, NAMES } from "./names";
import { guardContent } from "./policies/guard";

export interface GuardStackProps {
  readonly rollout: Rollout;
  readonly managementAccount: ManagementAccount;
}

/**
 * The management account: the service control policy that keeps a quarantine from being undone, where it is
 * attached, and the rule that reports a change of it. One policy with many attachments, since names of
 * policies are unique in an organization.
 */
export class GuardStack extends BaseStack {
  constructor(scope: Construct, id: string, { rollout, managementAccount }: GuardStackProps) {
    super(scope, id, { rollout, accountId: managementAccount.id });
    const { names } = this;
    const security = new AccountNames(rollout.partition, rollout.securityAccount.id);

    const policy = new OrganizationsPolicy(this, "policy", {
      name: NAMES.guardPolicy,
      description: "Nobody but named roles undoes a quarantine of IAM users",
      type: "SERVICE_CONTROL_POLICY",
      content: guardContent(rollout),
    });

    // The rule is created before the attachments, so that every change of an attached policy is reported.
    const undelivered = new DeadLetterQueue(this, "dead-letters", {
      names,
      queueName: NAMES.deadLetters,
      ruleArns: [names.ruleArn(NAMES.guardRule)],
    });
    const forwarding = new ForwardingRole(this, "forwarding", { names, security, rules: [NAMES.guardRule] });
    const changes = new BusRule(this, "changes", {
      ruleName: NAMES.guardRule,
      description: "The guard was changed or detached",
      pattern: guardChanged(policy.id),
      deadLetters: undelivered,
    }).sendTo("security-bus", {
      arn: security.securityBusArn,
      roleArn: forwarding.role.arn,
      dependsOn: [forwarding.policy],
    });

    for (const target of guardTargets(rollout)) {
      new OrganizationsPolicyAttachment(this, attachmentId(target), {
        policyId: policy.id,
        targetId: target.id,
        dependsOn: [changes.rule],
      });
    }

    this.output("guard_policy_arn", "Service control policy that refusals name", policy.arn);
  }
}

/** Uses the id, which does not change when an account or a unit is renamed. */
function attachmentId({ kind, id }: GuardTarget): string {
  return `${kind}-${id}`;
}
