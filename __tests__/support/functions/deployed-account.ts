import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
} from "@aws-sdk/client-cloudtrail";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
  PutEventsCommand,
} from "@aws-sdk/client-eventbridge";
import { GetPolicyCommand, GetPolicyVersionCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { ListSubscriptionsByTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import { QUARANTINE_DOCUMENT, type HealthOutcome } from "../../../functions/contract";
import { checkHealth } from "../../../functions/quarantine-sweep/health/check-health";
import { readSettings } from "../../../functions/quarantine-sweep/settings";
import { Deadline } from "../../../functions/shared/deadline";
import { createLog } from "../../../functions/shared/log";
import { SAMPLE_YAML } from "../stacks/sample";
import { resources, synthesizeYaml, type SynthesizedStack } from "../stacks/synthesize";

const ACCOUNT = "777788889999";
const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${resource}`;
export const HOLD_TOPIC = arn("sns", "security-response-hold");
export const ALERT_TOPIC = arn("sns", "security-alerts");
export const DEAD_LETTERS = arn("sqs", "security-response-dead-letters");

type Block = Record<string, unknown>;

/** What AWS answers about an account, open to any change. */
export interface Answers {
  readonly rules: Record<string, { State: string; EventPattern?: string; Targets: Block[] }>;
  readonly functions: Record<string, { configuration: Block; concurrency?: number; destinations?: Block }>;
  queue: Record<string, string> | undefined;
  readonly subscriptions: Record<string, Block[]>;
  trails: Block[];
  isLogging: boolean;
  selectors: Block;
  document: object;
  withheld: number;
  /** Lines of the sweep's own log. */
  readonly lines: string[];
  /** Called with the name of each command; it throws what AWS refuses. */
  refuse: (command: string) => void;
}

/** A deployed account: its sweep's event and environment, and what AWS answers while nobody changes it. */
export interface DeployedAccount {
  readonly event: { readonly expected: object };
  readonly environment: Record<string, string>;
  readonly answers: Answers;
}

/** A time as Lambda writes it (API reference, FunctionConfiguration: `LastModified`). */
export function lastModified(at: number): string {
  return new Date(at).toISOString().replace("Z", "+0000");
}

/**
 * What the stack of `payments` in the sample deploys, read from its synthesized resources.
 *
 * @param settings Added to the sample's `rollout.yaml`.
 */
export function deployedAccount(now: number, settings = ""): DeployedAccount {
  const stack = synthesizeYaml(`${SAMPLE_YAML}${settings}`)["payments"];
  const find = resolved(stack);
  const targets = find("aws_cloudwatch_event_target");
  const variables = (name: string) =>
    (find("aws_lambda_function").find((each) => each["function_name"] === name)?.["environment"] as Block)[
      "variables"
    ] as Record<string, string>;
  const [queuePolicy] = find("aws_sqs_queue_policy");
  const event = targets.find(({ target_id: id }) => id === "sweep")?.["input"];
  const invocations = find("aws_lambda_function_event_invoke_config");
  return {
    event: JSON.parse(String(event)) as DeployedAccount["event"],
    environment: variables("quarantine-sweep"),
    answers: {
      rules: Object.fromEntries(
        find("aws_cloudwatch_event_rule").map((rule) => [
          rule["name"],
          {
            State: String(rule["state"]),
            ...(typeof rule["event_pattern"] === "string" && { EventPattern: rule["event_pattern"] }),
            Targets: targets
              .filter((target) => target["rule"] === rule["name"])
              .map((target) => ({
                Id: target["target_id"],
                Arn: target["arn"],
                ...(target["role_arn"] !== undefined && { RoleArn: target["role_arn"] }),
                ...(target["input"] !== undefined && { Input: target["input"] }),
                ...(target["input_path"] !== undefined && { InputPath: target["input_path"] }),
                DeadLetterConfig: { Arn: (target["dead_letter_config"] as Block)["arn"] },
              })),
          },
        ]),
      ),
      functions: Object.fromEntries(
        find("aws_lambda_function").map((each) => {
          const name = String(each["function_name"]);
          const found = invocations.find((config) => config["function_name"] === name) as
            { destination_config: Record<string, { destination: string } | undefined> & Block } | undefined;
          const { on_success, on_failure } = found?.destination_config ?? {};
          return [
            name,
            {
              configuration: {
                CodeSha256: each["source_code_hash"],
                LastModified: lastModified(now - 86_400_000),
                Handler: each["handler"],
                Role: each["role"],
                Timeout: each["timeout"],
                MemorySize: each["memory_size"],
                Environment: { Variables: { ...variables(name) } },
                // As Lambda answers about a function that has left a network, and about one without settings
                // for its log.
                VpcConfig: { SubnetIds: [], SecurityGroupIds: [], VpcId: "" },
                LoggingConfig: { LogFormat: "Text", LogGroup: `/aws/lambda/${name}` },
              },
              ...(each["reserved_concurrent_executions"] !== undefined && {
                concurrency: Number(each["reserved_concurrent_executions"]),
              }),
              ...(found && {
                destinations: {
                  MaximumRetryAttempts: (found as Block)["maximum_retry_attempts"],
                  MaximumEventAgeInSeconds: (found as Block)["maximum_event_age_in_seconds"],
                  DestinationConfig: {
                    OnSuccess: { Destination: on_success?.destination },
                    OnFailure: { Destination: on_failure?.destination },
                  },
                },
              }),
            },
          ];
        }),
      ),
      queue: { ApproximateNumberOfMessages: "0", Policy: String(queuePolicy?.["policy"]) },
      subscriptions: Object.fromEntries(
        [ALERT_TOPIC, HOLD_TOPIC].map((topic) => [
          topic,
          find("aws_sns_topic_subscription")
            .filter((each) => each["topic_arn"] === topic)
            .map(({ protocol, endpoint }) => ({
              Protocol: protocol,
              Endpoint: endpoint,
              SubscriptionArn: `${topic}:1234`,
            })),
        ]),
      ),
      trails: [
        {
          Name: "organization",
          TrailARN: "arn:aws:cloudtrail:eu-west-1:123456789012:trail/organization",
          IsMultiRegionTrail: true,
          HomeRegion: "eu-west-1",
          IncludeGlobalServiceEvents: true,
        },
      ],
      isLogging: true,
      selectors: {},
      document: QUARANTINE_DOCUMENT,
      withheld: 0,
      lines: [],
      refuse: () => undefined,
    },
  };
}

/** Resources of a type, with Terraform's references replaced by what they become. */
function resolved(stack: SynthesizedStack | undefined): (type: string) => Block[] {
  const known: Record<string, (block: Block) => Record<string, string>> = {
    aws_iam_policy: ({ name }) => ({ arn: `arn:aws:iam::${ACCOUNT}:policy/${String(name)}` }),
    aws_iam_role: ({ name, path = "/" }) => ({
      arn: `arn:aws:iam::${ACCOUNT}:role${String(path)}${String(name)}`,
    }),
    aws_sns_topic: ({ name }) => ({ arn: arn("sns", String(name)) }),
    aws_sqs_queue: ({ name }) => ({ arn: arn("sqs", String(name)) }),
    aws_lambda_function: (each) => ({
      arn: arn("lambda", `function:${String(each["function_name"])}`),
      function_name: String(each["function_name"]),
    }),
    aws_cloudwatch_event_rule: ({ name }) => ({ name: String(name) }),
  };
  const values = new Map<string, string>();
  for (const [type, attributes] of Object.entries(known)) {
    for (const [id, block] of Object.entries(stack?.json.resource[type] ?? {})) {
      Object.entries(attributes(block)).forEach(([key, value]) => values.set(`${type}.${id}.${key}`, value));
    }
  }
  return (type) =>
    JSON.parse(
      JSON.stringify(resources(stack, type)).replace(
        /\$\{([\w.-]+)\}/g,
        (reference, name: string) => values.get(name) ?? reference,
      ),
    ) as Block[];
}

/** What a health check wrote: the outcomes that it put on the bus, and its log. */
export interface HealthCheck {
  readonly outcomes: HealthOutcome[];
  readonly entries: Block[];
  readonly lines: Record<string, unknown>[];
}

/** Checks an account once; its reports are in the log that the next check reads. */
export async function checkHealthOf(
  { event, environment, answers }: DeployedAccount,
  now: number,
  { isRefused = false, remaining = 200_000 }: { isRefused?: boolean; remaining?: number } = {},
): Promise<HealthCheck> {
  const entries: Block[] = [];
  const lines: Record<string, unknown>[] = [];
  const log = createLog((line) => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
    answers.lines.push(line);
  });
  const dependencies = { ...clientsOf(answers, entries, isRefused), clock: () => now, log };
  const deadline = new Deadline(() => now, now + remaining);
  await checkHealth(event, readSettings(environment), environment, dependencies, deadline);
  return {
    entries,
    lines,
    outcomes: entries.map(({ Detail }) => JSON.parse(String(Detail)) as HealthOutcome),
  };
}

function clientsOf(answers: Answers, entries: Block[], isRefused: boolean) {
  const region = "us-east-1";
  const answer =
    <Input, Output>(command: { readonly name: string }, of: (input: Input) => Output | undefined) =>
    (input: Input) => {
      answers.refuse(command.name);
      const found = of(input);
      if (found === undefined) {
        throw Object.assign(new Error("not there"), { name: "ResourceNotFoundException" });
      }
      return found;
    };
  const functionOf =
    (of: (found: Answers["functions"][string]) => Block | undefined) =>
    ({ FunctionName }: { FunctionName: string }) => {
      const found = answers.functions[FunctionName];
      return found && of(found);
    };
  const events = new EventBridgeClient({ region });
  mockClient(events)
    .on(DescribeRuleCommand)
    .callsFake(answer(DescribeRuleCommand, ({ Name }: { Name: string }) => answers.rules[Name]))
    .on(ListTargetsByRuleCommand)
    .callsFake(answer(ListTargetsByRuleCommand, ({ Rule }: { Rule: string }) => answers.rules[Rule]))
    .on(PutEventsCommand)
    .callsFake(({ Entries }: { Entries: Block[] }) => {
      if (isRefused) {
        return { FailedEntryCount: 1, Entries: [{ ErrorCode: "InternalFailure", ErrorMessage: "later" }] };
      }
      entries.push(...Entries);
      return { FailedEntryCount: 0, Entries: [{ EventId: "1" }] };
    });
  const lambda = new LambdaClient({ region });
  mockClient(lambda)
    .on(GetFunctionConfigurationCommand)
    .callsFake(
      answer(
        GetFunctionConfigurationCommand,
        functionOf(({ configuration }) => configuration),
      ),
    )
    .on(GetFunctionConcurrencyCommand)
    .callsFake(
      answer(
        GetFunctionConcurrencyCommand,
        functionOf(({ concurrency }) => ({ ReservedConcurrentExecutions: concurrency })),
      ),
    )
    .on(GetFunctionEventInvokeConfigCommand)
    .callsFake(
      answer(
        GetFunctionEventInvokeConfigCommand,
        functionOf(({ destinations }) => destinations),
      ),
    );
  const sqs = new SQSClient({ region });
  mockClient(sqs)
    .on(GetQueueUrlCommand)
    .callsFake(answer(GetQueueUrlCommand, () => answers.queue && { QueueUrl: "https://queue.example/1/x" }))
    .on(GetQueueAttributesCommand)
    .callsFake(answer(GetQueueAttributesCommand, () => ({ Attributes: answers.queue })));
  const sns = new SNSClient({ region });
  mockClient(sns)
    .on(ListSubscriptionsByTopicCommand)
    .callsFake(
      answer(ListSubscriptionsByTopicCommand, ({ TopicArn }: { TopicArn: string }) => {
        const Subscriptions = answers.subscriptions[TopicArn];
        return Subscriptions && { Subscriptions };
      }),
    );
  const trails = new CloudTrailClient({ region });
  mockClient(trails)
    .on(DescribeTrailsCommand)
    .callsFake(answer(DescribeTrailsCommand, () => ({ trailList: answers.trails })))
    .on(GetTrailStatusCommand)
    .callsFake(answer(GetTrailStatusCommand, () => ({ IsLogging: answers.isLogging })))
    .on(GetEventSelectorsCommand)
    .callsFake(answer(GetEventSelectorsCommand, () => answers.selectors));
  const logs = new CloudWatchLogsClient({ region });
  mockClient(logs)
    .on(FilterLogEventsCommand)
    .callsFake(
      answer(FilterLogEventsCommand, ({ logGroupName }: { logGroupName: string }) => ({
        events: logGroupName.endsWith("quarantine-sweep")
          ? answers.lines.map((message) => ({ message }))
          : [
              { message: "{}" },
              { message: "no JSON" },
              ...Array.from({ length: answers.withheld }, () => ({ message: '{"answeredElsewhere":true}' })),
            ],
      })),
    );
  const iam = new IAMClient({ region });
  mockClient(iam)
    .on(GetPolicyCommand)
    .callsFake(answer(GetPolicyCommand, () => ({ Policy: { DefaultVersionId: "v1" } })))
    .on(GetPolicyVersionCommand)
    .callsFake(
      answer(GetPolicyVersionCommand, () => ({
        PolicyVersion: { Document: encodeURIComponent(JSON.stringify(answers.document)) },
      })),
    );
  return { events, lambda, sqs, sns, trails, logs, iam };
}
