import type { AttachUserPolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { PublishCommand, SNSClient, type PublishCommandInput } from "@aws-sdk/client-sns";
import { mockClient } from "aws-sdk-client-mock";
import { RESPONDER_ENV, type Outcome } from "../../../functions/contract";
import { Recent } from "../../../functions/security-response/recent";
import { respond } from "../../../functions/security-response/respond";
import { readSettings, type Settings } from "../../../functions/security-response/settings";
import { createLog } from "../../../functions/shared/log";
import { fakeIam, fakeUser, type FakeUser, type IamMock } from "./fake-iam";

export const ACCOUNT = "111122223333";
export const POLICY_ARN = `arn:aws:iam::${ACCOUNT}:policy/AutomatedSecurityQuarantine`;

/** Of no test but those that set it: the function that looks again has none. */
export const HOLD_TOPIC_ARN = `arn:aws:sns:us-east-1:${ACCOUNT}:security-response-hold`;

export const SETTINGS = readSettings({
  [RESPONDER_ENV.mode]: "enforce",
  [RESPONDER_ENV.policyArn]: POLICY_ARN,
  [RESPONDER_ENV.topicArn]: `arn:aws:sns:us-east-1:${ACCOUNT}:security-alerts`,
  [RESPONDER_ENV.accountId]: ACCOUNT,
  [RESPONDER_ENV.accountName]: "payments",
  [RESPONDER_ENV.version]: "1.2.3",
  [RESPONDER_ENV.deleteLoginProfile]: "true",
});

/** Two seconds after the events of the fixtures. */
export const START = Date.UTC(2025, 2, 4, 5, 6, 9);
/** What an invocation has in all, as deployed. */
export const TIMEOUT_MS = 60_000;

/** The Lambda request of a response, unless a test says otherwise. */
export const REQUEST = "0b7c1f0e-2d4a-4c55-8e1f-6a5d3c2b1a00";
/** The request of another delivery of the same event. */
export const OTHER_REQUEST = "9d8e7f6a-5b4c-4d3e-8f2a-1b0c9d8e7f6a";

/** One alert as SNS got it, unpacked. */
export interface SentAlert {
  readonly subject: string;
  readonly email: string;
  readonly json: Record<string, unknown>;
  readonly input: PublishCommandInput;
}

export interface Responder {
  readonly users: Map<string, FakeUser>;
  readonly mallory: FakeUser;
  readonly iam: IamMock;
  readonly sns: ReturnType<typeof mockClient>;
  readonly logLines: Record<string, unknown>[];
  /** Milliseconds slept by the fake clock. */
  readonly slept: () => number;
  readonly respond: (event: unknown, settings?: Partial<Settings>, requestId?: string) => Promise<Outcome>;
  readonly alerts: () => SentAlert[];
  /** What SNS invokes the function that looks again with. */
  readonly holds: () => unknown[];
  /** Moves the fake clock. */
  readonly advance: (ms: number) => Promise<void>;
  /** Names of the IAM calls so far, in order. */
  readonly calls: () => string[];
}

export interface ResponderOptions {
  readonly mallory?: Partial<FakeUser>;
  readonly timeout?: number;
  /** Milliseconds since the epoch at which the fake clock begins. */
  readonly start?: number;
  /** Instead of moving the fake clock. */
  readonly sleep?: (ms: number) => Promise<void>;
  /** Called whenever the response waits, which is when others get to work. */
  readonly onSleep?: () => void;
  /** Waited for before and after every IAM call, so that responses that run at once interleave. */
  readonly latency?: () => Promise<unknown>;
  /** Instead of the fake one. */
  readonly clock?: () => number;
  /** The environment has answered before. */
  readonly isWarm?: boolean;
}

/** The responder on a fake IAM that holds the user `mallory`, with a clock that sleeping moves. */
export function createResponder(options: ResponderOptions = {}): Responder {
  const mallory = fakeUser(options.mallory);
  const users = new Map([["mallory", mallory]]);
  const { mock: iam, client } = fakeIam(users);
  if (options.latency) {
    delay(client, options.latency);
  }
  if (options.isWarm) {
    runMiddleware(client);
  }
  const snsClient = new SNSClient({ region: "us-east-1" });
  const sns = mockClient(snsClient);
  sns.on(PublishCommand).resolves({ MessageId: "1" });
  const logLines: Record<string, unknown>[] = [];
  const start = options.start ?? START;
  let now = start;
  const clock = options.clock ?? (() => now);
  const sleep = (ms: number): Promise<void> => {
    now += ms;
    options.onSleep?.();
    return Promise.resolve();
  };
  const published = (isWanted: (input: PublishCommandInput) => boolean) =>
    sns
      .commandCalls(PublishCommand)
      .map(({ args }) => args[0].input)
      .filter(isWanted);
  const dependencies = {
    denyClient: client,
    iam: client,
    sns: snsClient,
    clock,
    random: () => 0.5,
    sleep: options.sleep ?? sleep,
    recent: new Recent(),
    isWarm: options.isWarm ?? false,
    log: createLog((line) => logLines.push(JSON.parse(line) as Record<string, unknown>)),
  };
  return {
    users,
    mallory,
    iam,
    sns,
    logLines,
    slept: () => now - start,
    respond: (event, settings = {}, requestId = REQUEST) => {
      const begun = clock();
      const remaining = (): number => (options.timeout ?? TIMEOUT_MS) - (clock() - begun);
      return respond(event, { ...SETTINGS, ...settings }, dependencies, { requestId, remaining });
    },
    alerts: () => published(({ TopicArn }) => TopicArn !== HOLD_TOPIC_ARN).map(unpack),
    holds: () =>
      published(({ TopicArn }) => TopicArn === HOLD_TOPIC_ARN).map(({ Message }) => ({
        Records: [{ EventSource: "aws:sns", Sns: { Type: "Notification", Message } }],
      })),
    advance: (ms) => {
      now += ms;
      return Promise.resolve();
    },
    calls: () => iam.calls().map(({ args }) => args[0].constructor.name.replace(/Command$/, "")),
  };
}

/** Puts a delay around every call of a mocked client. */
function delay(client: IAMClient, latency: () => Promise<unknown>): void {
  const send = client.send.bind(client) as (...call: unknown[]) => Promise<unknown>;
  const slowSend = async (...call: unknown[]): Promise<unknown> => {
    await latency();
    const answer = await send(...call);
    await latency();
    return answer;
  };
  Object.assign(client, { send: slowSend });
}

/** Runs what a command adds to its own middleware, which a mocked client leaves out. */
function runMiddleware(client: IAMClient): void {
  const send = client.send.bind(client) as (...call: unknown[]) => Promise<unknown>;
  const sendAll = async (command: AttachUserPolicyCommand, ...rest: unknown[]): Promise<unknown> => {
    let answer: Promise<unknown> = Promise.resolve();
    const handler = () => {
      answer = send(command, ...rest);
      return Promise.resolve({ output: { $metadata: {} }, response: {} });
    };
    await command.middlewareStack.clone().resolve(handler, {})({ input: command.input });
    return answer;
  };
  Object.assign(client, { send: sendAll });
}

function unpack(input: PublishCommandInput): SentAlert {
  const message = JSON.parse(input.Message ?? "{}") as Record<string, string>;
  const json = JSON.parse(message["sqs"] ?? "{}") as Record<string, unknown>;
  return { subject: input.Subject ?? "", email: message["email"] ?? "", json, input };
}
