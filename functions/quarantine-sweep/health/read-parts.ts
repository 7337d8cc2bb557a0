import {
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  type CloudTrailClient,
  type GetEventSelectorsCommandOutput,
  type Trail,
} from "@aws-sdk/client-cloudtrail";
import { paginateFilterLogEvents, type CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeRuleCommand,
  ListTargetsByRuleCommand,
  type EventBridgeClient,
  type Target,
} from "@aws-sdk/client-eventbridge";
import type { IAMClient } from "@aws-sdk/client-iam";
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import { paginateListSubscriptionsByTopic, type SNSClient } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { functionLogGroup, HOLD_NAME, type ExpectedParts } from "../../contract";
import { readQuarantinePolicy } from "../../security-response/containment/read-user-state";
import { errorCode, errorText } from "../../shared/aws-error";
import { collectPages } from "../../shared/collect-pages";
import type { CallOptions, Deadline } from "../../shared/deadline";
import { parseObject } from "../../shared/json";
import { runConcurrently } from "../../shared/run-concurrently";
import { RESPONDER_LOG } from "../answered";
import type { AccountArns } from "./account-arns";
import type {
  FoundDestinations,
  FoundFunction,
  FoundParts,
  FoundRule,
  FoundSubscription,
  FoundTrail,
  Reading,
} from "./parts";

/** The clients of a health check. Each retries throttled calls. */
export interface HealthClients {
  readonly events: EventBridgeClient;
  readonly lambda: LambdaClient;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly trails: CloudTrailClient;
  readonly logs: CloudWatchLogsClient;
  readonly iam: IAMClient;
}

/** Number of parts that are read concurrently; about 40 calls in all, few of them to each service. */
const PARTS_AT_ONCE = 6;

/** An alert that was withheld within this time is a finding. */
export const WITHHELD_MS = 3_600_000;

/** Error codes for a part that does not exist. SQS has two, depending on the client's protocol. */
const MISSING = [
  "ResourceNotFound",
  "NotFound",
  "QueueDoesNotExist",
  "AWS.SimpleQueueService.NonExistentQueue",
];

/**
 * Reads the parts of the account. It never throws: that a part could not be read is a result too.
 *
 * @param now Milliseconds since the epoch.
 */
export async function readParts(
  expected: ExpectedParts,
  arns: AccountArns,
  clients: HealthClients,
  deadline: Deadline,
  now: number,
): Promise<FoundParts> {
  const read = new PartReader(clients);
  const reading = <T>(work: (options: CallOptions) => Promise<T>) => attempt(() => deadline.run(work));
  const rules = await runConcurrently(expected.rules, PARTS_AT_ONCE, ({ name }) =>
    reading((options) => read.rule(name, options)),
  );
  const functions = await runConcurrently(expected.functions, PARTS_AT_ONCE, ({ name }) =>
    reading((options) => read.function(name, options)),
  );
  const [queue, alerts, hold, trails, policyDenies, withheld] = await Promise.all([
    reading((options) => read.queue(expected.queue.name, options)),
    reading((options) => read.subscriptions(arns.topic(expected.topic.name), options)),
    reading((options) => read.subscriptions(arns.topic(HOLD_NAME), options)),
    reading((options) => read.trailsOf(arns.region, options)),
    attempt(() => policyDeniesAll(clients.iam, arns.quarantinePolicy, deadline)),
    reading((options) => read.withheldSince(now - WITHHELD_MS, options)),
  ]);
  return { rules, functions, queue, alerts, hold, trails, policyDenies, withheld };
}

async function policyDeniesAll(iam: IAMClient, policyArn: string, deadline: Deadline): Promise<boolean> {
  const { state, failed } = await readQuarantinePolicy(iam, policyArn, deadline);
  if (state.policyDenies === undefined) {
    throw new Error(failed.map(({ error }) => error).join("; "));
  }
  return state.policyDenies;
}

async function attempt<T>(work: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { kind: "read", value: await work() };
  } catch (error) {
    return isMissing(error) ? { kind: "missing" } : { kind: "unreadable", error: errorText(error) };
  }
}

function isMissing(error: unknown): boolean {
  return MISSING.includes(errorCode(error));
}

class PartReader {
  constructor(private readonly clients: HealthClients) {}

  async rule(Name: string, options: CallOptions): Promise<FoundRule> {
    const { events } = this.clients;
    const { State = "", EventPattern = "" } = await events.send(new DescribeRuleCommand({ Name }), options);
    const targets: Target[] = [];
    let NextToken: string | undefined;
    do {
      const page = await events.send(new ListTargetsByRuleCommand({ Rule: Name, NextToken }), options);
      targets.push(...(page.Targets ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return {
      state: State,
      pattern: EventPattern,
      targets: targets.map(({ Arn = "", RoleArn = "", DeadLetterConfig, ...target }) => ({
        arn: Arn,
        roleArn: RoleArn,
        deadLetterArn: DeadLetterConfig?.Arn ?? "",
        input: inputOf(target),
      })),
    };
  }

  async function(FunctionName: string, options: CallOptions): Promise<FoundFunction> {
    const { lambda } = this.clients;
    const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }), options);
    const { ReservedConcurrentExecutions } = await lambda.send(
      new GetFunctionConcurrencyCommand({ FunctionName }),
      options,
    );
    return {
      code: found.CodeSha256 ?? "",
      modifiedAt: Date.parse(found.LastModified ?? ""),
      handler: found.Handler ?? "",
      roleArn: found.Role ?? "",
      network: found.VpcConfig?.VpcId ?? "",
      // Lambda's default, should it not say where (API reference, LoggingConfig).
      logGroup: found.LoggingConfig?.LogGroup ?? functionLogGroup(FunctionName),
      timeout: found.Timeout ?? 0,
      memory: found.MemorySize ?? 0,
      layers: (found.Layers ?? []).map(({ Arn = "unknown" }) => Arn),
      variables: found.Environment?.Variables ?? {},
      concurrency: ReservedConcurrentExecutions ?? undefined,
      destinations: await this.destinations(FunctionName, options),
    };
  }

  private async destinations(
    FunctionName: string,
    options: CallOptions,
  ): Promise<FoundDestinations | undefined> {
    const command = new GetFunctionEventInvokeConfigCommand({ FunctionName });
    try {
      const found = await this.clients.lambda.send(command, options);
      return {
        retries: found.MaximumRetryAttempts,
        ageSeconds: found.MaximumEventAgeInSeconds,
        onSuccess: found.DestinationConfig?.OnSuccess?.Destination ?? "",
        onFailure: found.DestinationConfig?.OnFailure?.Destination ?? "",
      };
    } catch (error) {
      if (isMissing(error)) {
        return undefined;
      }
      throw error;
    }
  }

  /**
   * Counts the dead letters. SQS shows their age only to those who receive them, which needs the permission
   * to read them; the finding says since when there are some.
   */
  async queue(QueueName: string, options: CallOptions) {
    const { sqs } = this.clients;
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }), options);
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "Policy"],
      }),
      options,
    );
    const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible, Policy } = Attributes ?? {};
    return {
      letters: Number(ApproximateNumberOfMessages ?? 0) + Number(ApproximateNumberOfMessagesNotVisible ?? 0),
      policy: Policy ?? "",
    };
  }

  async subscriptions(TopicArn: string, options: CallOptions): Promise<readonly FoundSubscription[]> {
    const pages = paginateListSubscriptionsByTopic({ client: this.clients.sns }, { TopicArn }, options);
    const found = await collectPages(pages, ({ Subscriptions }) => Subscriptions);
    return found.map(({ Protocol = "", Endpoint = "", SubscriptionArn = "" }) => ({
      protocol: Protocol,
      endpoint: Endpoint,
      // Until then it reads PendingConfirmation (SNS API reference, ListSubscriptionsByTopic).
      isConfirmed: SubscriptionArn.startsWith("arn:"),
    }));
  }

  /** Trails of the account that cover the Region, and organization trails, which member accounts can see. */
  async trailsOf(region: string, options: CallOptions): Promise<readonly FoundTrail[]> {
    const { trailList = [] } = await this.clients.trails.send(new DescribeTrailsCommand({}), options);
    const covering = trailList.filter(
      (trail) =>
        (trail.IsMultiRegionTrail === true || trail.HomeRegion === region) &&
        trail.IncludeGlobalServiceEvents !== false,
    );
    return Promise.all(covering.map((trail) => this.trail(trail, options)));
  }

  private async trail({ TrailARN, Name = "", HasCustomEventSelectors }: Trail, options: CallOptions) {
    const { trails } = this.clients;
    const { IsLogging } = await trails.send(new GetTrailStatusCommand({ Name: TrailARN }), options);
    const isRead = IsLogging === true && HasCustomEventSelectors === true;
    return {
      name: Name,
      isLogging: IsLogging === true,
      logsWrites: !isRead || (await this.logsWrites(TrailARN, options)),
    };
  }

  private async logsWrites(TrailName: string | undefined, options: CallOptions): Promise<boolean> {
    try {
      const command = new GetEventSelectorsCommand({ TrailName });
      return selectsWrites(await this.clients.trails.send(command, options));
    } catch {
      // AWS does not document that a member account may read the selectors of an organization trail.
      return true;
    }
  }

  async withheldSince(startTime: number, options: CallOptions): Promise<number> {
    const input = {
      logGroupName: RESPONDER_LOG,
      startTime,
      filterPattern: "{ $.answeredElsewhere IS TRUE }",
    };
    const pages = paginateFilterLogEvents({ client: this.clients.logs }, input, options);
    const lines = await collectPages(pages, ({ events }) => events);
    return lines.filter(({ message = "" }) => parseObject(message)["answeredElsewhere"] === true).length;
  }
}

/** A target has at most one of the three (EventBridge API reference, Target). */
function inputOf({ Input, InputPath, InputTransformer }: Omit<Target, "Id" | "Arn">): string {
  return Input ?? InputPath ?? (InputTransformer ? JSON.stringify(InputTransformer) : "");
}

/** Whether event selectors of either kind include the write events of IAM. */
export function selectsWrites({
  EventSelectors = [],
  AdvancedEventSelectors = [],
}: Pick<GetEventSelectorsCommandOutput, "EventSelectors" | "AdvancedEventSelectors">): boolean {
  return (
    EventSelectors.some(
      ({ IncludeManagementEvents, ReadWriteType }) =>
        IncludeManagementEvents === true && ReadWriteType !== "ReadOnly",
    ) ||
    AdvancedEventSelectors.some(({ FieldSelectors = [] }) => {
      const field = (name: string) => FieldSelectors.find(({ Field }) => Field === name);
      return (
        field("eventCategory")?.Equals?.includes("Management") === true &&
        field("readOnly")?.Equals?.includes("true") !== true &&
        field("eventSource")?.NotEquals?.includes("iam.amazonaws.com") !== true
      );
    })
  );
}
