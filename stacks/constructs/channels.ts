import { CloudwatchEventApiDestination } from "@cdktf/provider-aws/lib/cloudwatch-event-api-destination";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { Construct } from "constructs";
import { NOTIFIER_ENV, type ChannelSettings, type WebhookSettings } from "../../functions/contract";
import { PAGER_DUTY_ENDPOINT, type Channels, type Webhook } from "../config/channels";
import { ownAlarmRaised, webhookRequested } from "../event-patterns";
import { NAMES, type AccountNames } from "../names";
import { eventBridgeAssumesRole } from "../policies/assume-role";
import type { PolicyDocument } from "../policies/document";
import { chatPolicy, securityHubPolicy, webhookDeliveryPolicy, webhookPolicy } from "../policies/notifier";
import { chatTopicPolicy } from "../policies/topic";
import { failedInvocations, functionMetric, type AlarmedMetric } from "./alarms";
import { AWS_MANAGED_KEY } from "./alert-topic";
import { BusRule } from "./bus-rule";
import type { DeadLetterQueue } from "./dead-letter-queue";
import { NodeFunction, type NodeFunctionProps } from "./node-function";

/** The most requests per second to a webhook's endpoint; EventBridge delays further ones. */
const WEBHOOK_RATE = 10;

/**
 * How long an endpoint may be down, in seconds, before its requests are dead letters. Only then does its
 * alarm go off: until that, nobody knows that a pager is dead.
 */
const WEBHOOK_RETRY_SECONDS = 3_600;

/** Names of the rules of channels other than mail, all on the default bus. */
export function channelRules(channels: Channels): string[] {
  return [
    ...(isToldAll(channels) ? [NAMES.ownAlarmRule] : []),
    ...channels.webhooks.map((webhook) => webhookName(webhook)),
  ];
}

/** The alarms on channels. */
export function channelAlarms({ securityHub, chat, webhooks }: Channels): AlarmedMetric[] {
  const errors = (id: string, functionName: string, what: string) =>
    functionMetric(
      id,
      functionName,
      "Errors",
      `${what} did not get what was mailed. Lambda retries it twice, then it lies in the dead-letter queue.`,
    );
  return [
    ...(securityHub ? [errors("security-hub-errors", NAMES.securityHubNotifier, "Security Hub")] : []),
    ...(chat ? [errors("chat-errors", NAMES.chatNotifier, "The chat's topic")] : []),
    ...(webhooks.length > 0 ? [errors("webhook-errors", NAMES.webhookNotifier, "The bus for webhooks")] : []),
    ...webhooks.map((webhook) => failedInvocations(`failed-webhook-${webhook.name}`, webhookName(webhook))),
  ];
}

/** Whether a channel gets all kinds of notices: Security Hub only gets outcomes about users. */
function isToldAll({ chat, webhooks }: Channels): boolean {
  return chat !== undefined || webhooks.length > 0;
}

function webhookName({ name }: Webhook): string {
  return `${NAMES.webhooks}-${name}`;
}

export interface ChannelNotifiersProps
  extends
    Pick<NodeFunctionProps, "code" | "logRetentionDays">,
    Record<"topicArn" | "deploymentRole", string> {
  readonly names: AccountNames;
  readonly channels: Channels;
  /** Address of docs/runbook.md for readers. @default - messages name its sections in words */
  readonly runbookUrl?: string | undefined;
  readonly deadLetters: DeadLetterQueue;
  /** The rule for the outcomes of responders, the only one for Security Hub. */
  readonly outcomes: BusRule;
  /** The other rules whose events are mailed. */
  readonly others: readonly BusRule[];
}

/**
 * Channels other than mail: each is a function of its own with the notifier's code, which the same rules
 * invoke. So each has its own retries, permissions and alarm, and cannot affect mail.
 */
export class ChannelNotifiers extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ChannelNotifiersProps,
  ) {
    super(scope, id);
    const { names, channels, outcomes, others } = props;
    const { securityHub, chat, webhooks } = channels;
    if (securityHub !== undefined) {
      const settings = { ...securityHub, productArn: names.ownProductArn };
      const hub = this.notifier(NAMES.securityHubNotifier, securityHubPolicy(names), {
        channel: "security-hub",
        ...settings,
      });
      tell("security-hub", hub, [outcomes]);
    }
    const all = [outcomes, ...others, ...(isToldAll(channels) ? [this.ownAlarms()] : [])];
    if (chat !== undefined) {
      const topic = new SnsTopic(this, "chat-topic", {
        name: NAMES.chatTopic,
        displayName: "AWS security alerts for chat",
        kmsMasterKeyId: AWS_MANAGED_KEY,
      });
      new SnsTopicPolicy(this, "chat-topic-policy", {
        arn: topic.arn,
        policy: JSON.stringify(chatTopicPolicy(names)),
      });
      const settings = { ...chat, topicArn: topic.arn };
      tell(
        "chat",
        this.notifier(NAMES.chatNotifier, chatPolicy(names), { channel: "chat", ...settings }),
        all,
      );
    }
    if (webhooks.length > 0) {
      this.deliver(webhooks);
      const settings = { webhooks: webhooks.map(settingsOf) };
      const webhook = this.notifier(NAMES.webhookNotifier, webhookPolicy(names), {
        channel: "webhook",
        ...settings,
      });
      tell("webhook", webhook, all);
    }
  }

  private notifier(functionName: string, policy: PolicyDocument, channel: ChannelSettings): NodeFunction {
    const { names, topicArn, deploymentRole, runbookUrl, deadLetters, code, logRetentionDays } = this.props;
    return new NodeFunction(this, functionName, {
      names,
      functionName,
      description: `Passes on by ${channel.channel} what ${NAMES.notifier} mails`,
      ...{ code, policy, logRetentionDays },
      environment: {
        [NOTIFIER_ENV.topicArn]: topicArn,
        [NOTIFIER_ENV.deploymentRole]: deploymentRole,
        [NOTIFIER_ENV.auditLog]: NAMES.auditLog,
        ...(runbookUrl !== undefined && { [NOTIFIER_ENV.runbookUrl]: runbookUrl }),
        [NOTIFIER_ENV.channel]: JSON.stringify(channel),
        ...(names.rolePath !== undefined && { [NOTIFIER_ENV.rolePath]: names.rolePath }),
      },
      timeoutSeconds: 30,
      memoryMegabytes: 512,
      destinations: { onFailure: deadLetters.queue.arn },
    });
  }

  /** The security account's own alarms publish to the mail topic, to which channels are not subscribed. */
  private ownAlarms(): BusRule {
    const { names, deadLetters } = this.props;
    return new BusRule(this, "own-alarms", {
      ruleName: NAMES.ownAlarmRule,
      description: "An alarm of the security account went off",
      pattern: ownAlarmRaised(names),
      deadLetters,
    });
  }

  /** A rule and an API destination for each webhook, under one role. */
  private deliver(webhooks: readonly Webhook[]): void {
    const { names, deadLetters } = this.props;
    const role = new IamRole(this, "webhook-role", {
      ...names.ownRole(NAMES.webhookRole),
      description: "Sends webhooks",
      assumeRolePolicy: JSON.stringify(eventBridgeAssumesRole(names, webhooks.map(webhookName))),
    });
    const destinations = webhooks.map(
      (webhook) =>
        new CloudwatchEventApiDestination(this, `destination-${webhook.name}`, {
          name: webhookName(webhook),
          description: `Webhook ${webhook.name} (${webhook.type})`,
          connectionArn: webhook.connectionArn,
          invocationEndpoint: webhook.endpoint ?? PAGER_DUTY_ENDPOINT,
          httpMethod: "POST",
          invocationRateLimitPerSecond: WEBHOOK_RATE,
        }),
    );
    const policy = new IamRolePolicy(this, "webhook-role-policy", {
      name: NAMES.webhookRole,
      role: role.id,
      policy: JSON.stringify(webhookDeliveryPolicy(destinations.map(({ arn }) => arn))),
    });
    webhooks.forEach((webhook, index) => {
      const destination = destinations[index];
      if (destination !== undefined) {
        new BusRule(this, `rule-${webhook.name}`, {
          ruleName: webhookName(webhook),
          description: `What the webhook ${webhook.name} is sent`,
          pattern: webhookRequested(names, webhook.name),
          deadLetters,
        }).sendTo("webhook", {
          arn: destination.arn,
          roleArn: role.arn,
          inputPath: "$.detail.body",
          retriedForSeconds: WEBHOOK_RETRY_SECONDS,
          dependsOn: [policy],
        });
      }
    });
  }
}

function tell(id: string, notifier: NodeFunction, rules: readonly BusRule[]): void {
  rules.forEach((rule) => rule.alsoInvoke(id, notifier));
}

/** The settings of a webhook that the function needs; only EventBridge has its address and credentials. */
function settingsOf({
  name,
  minimumSeverity,
  type,
  project = "",
  issueType = "Task",
}: Webhook): WebhookSettings {
  const settings = { name, minimumSeverity };
  return type === "jira" ? { ...settings, type, project, issueType } : { ...settings, type };
}
