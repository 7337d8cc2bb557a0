import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { ExpectedRule } from "../../functions/contract";
import { fingerprint } from "../../functions/shared/fingerprint";
import type { EventPattern } from "../event-patterns";
import type { DeadLetterQueue } from "./dead-letter-queue";
import type { NodeFunction } from "./node-function";

/** EventBridge's own defaults, written out: 24 hours and 185 attempts, then the dead-letter queue. */
const RETRY = { seconds: 86_400, attempts: 185 };

export interface BusRuleProps {
  readonly ruleName: string;
  readonly description: string;
  /** Events that match the rule. @default - none: it has a schedule */
  readonly pattern?: EventPattern;
  /** When it invokes its targets, for example `rate(15 minutes)`. @default - when an event matches */
  readonly schedule?: string;
  readonly deadLetters: DeadLetterQueue;
  /** @default - the account's default bus */
  readonly busName?: string;
  /** @default true */
  readonly enabled?: boolean;
}

export interface BusTarget {
  readonly arn: string;
  /** Role that EventBridge puts events on another account's bus with. */
  readonly roleArn?: string;
  /** What the target gets instead of the event, as JSON. @default - the event */
  readonly input?: string;
  /** The part of the event that the target gets, a JSON path. @default - the event */
  readonly inputPath?: string;
  /** How long a delivery is tried again, in seconds, before it counts as failed. @default - a day */
  readonly retriedForSeconds?: number;
  /**
   * What has to exist before the first event is sent, since EventBridge does not retry a delivery that it has
   * no permission for.
   *
   * @default - only the dead-letter queue
   */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** A rule whose targets retry, mostly for a day, and then leave the event in a dead-letter queue. */
export class BusRule extends Construct {
  readonly rule: CloudwatchEventRule;
  readonly targets: CloudwatchEventTarget[] = [];
  /** A function by its name, a bus by its ARN. */
  private readonly destinations: string[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BusRuleProps,
  ) {
    super(scope, id);
    this.rule = new CloudwatchEventRule(this, "rule", {
      name: props.ruleName,
      description: props.description,
      ...(props.pattern !== undefined && { eventPattern: JSON.stringify(props.pattern) }),
      ...(props.schedule !== undefined && { scheduleExpression: props.schedule }),
      state: (props.enabled ?? true) ? "ENABLED" : "DISABLED",
      ...(props.busName !== undefined && { eventBusName: props.busName }),
    });
  }

  /** What a health check expects. */
  get expected(): ExpectedRule {
    const { ruleName, pattern, enabled = true } = this.props;
    return {
      name: ruleName,
      state: enabled ? "ENABLED" : "DISABLED",
      pattern: fingerprint(pattern),
      targets: this.destinations,
    };
  }

  /** Sends matching events to another target, for example a bus. */
  sendTo(id: string, target: BusTarget): this {
    this.destinations.push(target.arn);
    return this.add(id, target);
  }

  private add(id: string, target: BusTarget): this {
    const created = new CloudwatchEventTarget(this, id, {
      rule: this.rule.name,
      targetId: id,
      arn: target.arn,
      retryPolicy: {
        maximumEventAgeInSeconds: target.retriedForSeconds ?? RETRY.seconds,
        maximumRetryAttempts: RETRY.attempts,
      },
      deadLetterConfig: { arn: this.props.deadLetters.queue.arn },
      dependsOn: [this.props.deadLetters.policy, ...(target.dependsOn ?? [])],
      ...(this.props.busName !== undefined && { eventBusName: this.props.busName }),
      ...(target.roleArn !== undefined && { roleArn: target.roleArn }),
      ...(target.input !== undefined && { input: target.input }),
      ...(target.inputPath !== undefined && { inputPath: target.inputPath }),
    });
    this.targets.push(created);
    return this;
  }

  /**
   * Invokes a function with matching events.
   * @param statementId Name of the statement in the function's policy that permits it.
   * @param input JSON that the function gets. @default - the event
   */
  invoke(id: string, target: NodeFunction, statementId: string, input?: string): this {
    return this.add(id, { ...this.permitted(target, statementId), ...(input !== undefined && { input }) });
  }

  /** Invokes another function with matching events, with a permission of its own. */
  alsoInvoke(id: string, target: NodeFunction): this {
    return this.add(id, this.permitted(target, this.props.ruleName, `${id}-permission`));
  }

  /** The same, once for each input, with the input instead of the event. */
  invokeWith(
    id: string,
    target: NodeFunction,
    statementId: string,
    inputs: readonly string[],
    after: readonly ITerraformDependable[],
  ): this {
    const { arn, dependsOn } = this.permitted(target, statementId);
    inputs.forEach((input, index) =>
      this.add(`${id}-${index + 1}`, { arn, input, dependsOn: [...dependsOn, ...after] }),
    );
    return this;
  }

  private permitted(target: NodeFunction, statementId: string, permissionId = "permission") {
    const permission = new LambdaPermission(this, permissionId, {
      statementId,
      action: "lambda:InvokeFunction",
      functionName: target.function.functionName,
      principal: "events.amazonaws.com",
      sourceArn: this.rule.arn,
    });
    const dependsOn = [permission, ...(target.invocations ? [target.invocations] : [])];
    this.destinations.push(target.expected.name);
    return { arn: target.function.arn, dependsOn };
  }
}
