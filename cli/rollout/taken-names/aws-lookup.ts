import { setTimeout as sleep } from "node:timers/promises";
import { retry } from "../../../functions/shared/retry";
import type { NameLookup } from "./check-names";
import { signRequest, type RequestCredentials } from "./sign-request";

/** Attempts per call of the SDK: a rollout begins in many accounts at once. */
const ATTEMPTS = 8;
/** How long a call to EventBridge is repeated, in milliseconds, and how long one may take. */
const RETRY_FOR_MS = 30_000;
const TIMEOUT_MS = 10_000;

/** The name of the session under which Terraform's provider assumes the role: a role may insist on it. */
const SESSION_NAME = "iam-user-quarantine";

/** Looks names up in AWS, as the role that Terraform assumes in the account. */
export async function awsLookup(RoleArn: string, region: string): Promise<NameLookup> {
  const sns = await import("@aws-sdk/client-sns");
  const { fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
  const settings = { region, maxAttempts: ATTEMPTS };
  const provider = fromTemporaryCredentials({
    params: { RoleArn, RoleSessionName: SESSION_NAME },
    clientConfig: settings,
  });
  // Once for all calls.
  const credentials = await provider();
  const client = new sns.SNSClient({ ...settings, credentials });
  return {
    topicExists: (TopicArn) =>
      unlessMissing("NotFoundException", () => client.send(new sns.GetTopicAttributesCommand({ TopicArn }))),
    ruleExists: (Name, EventBusName) =>
      unlessMissing("ResourceNotFoundException", () =>
        describeRule({ Name, EventBusName }, region, credentials),
      ),
  };
}

async function unlessMissing(missing: string, look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === missing) {
      return false;
    }
    throw error;
  }
}

interface RuleKey {
  readonly Name: string;
  /** @default - the default bus */
  readonly EventBusName: string | undefined;
}

/** EventBridge's client is no dependency of this project, for one call without paging. */
async function describeRule(rule: RuleKey, region: string, credentials: RequestCredentials): Promise<void> {
  const plan = { when: isTransient, budget: RETRY_FOR_MS };
  await retry(() => describeOnce(rule, region, credentials), plan, {
    clock: () => performance.now(),
    random: Math.random,
    sleep: (ms) => sleep(ms),
  });
}

async function describeOnce(rule: RuleKey, region: string, credentials: RequestCredentials): Promise<void> {
  const body = JSON.stringify(rule);
  const url = eventsEndpoint(region);
  const headers = signRequest({
    ...{ service: "events", region, credentials, url, body, time: new Date() },
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSEvents.DescribeRule" },
  });
  const answer = await fetch(url, {
    method: "POST",
    headers,
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new EventsError("NoAnswer", `${url.host} did not answer: ${reasonOf(cause)}`, undefined);
  });
  if (!answer.ok) {
    throw errorOf(answer.status, await answer.text());
  }
}

/** The places where the SDK looks first. */
function eventsEndpoint(region: string): URL {
  const { AWS_ENDPOINT_URL_EVENTBRIDGE, AWS_ENDPOINT_URL } = process.env;
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return new URL(AWS_ENDPOINT_URL_EVENTBRIDGE || AWS_ENDPOINT_URL || `https://events.${region}.${suffix}`);
}

/** `name` is the error's code. */
class EventsError extends Error {
  constructor(
    override readonly name: string,
    message: string,
    /** HTTP status; undefined without an answer. */
    readonly status: number | undefined,
  ) {
    super(message);
  }
}

/** Reads an error as AWS's JSON protocol writes it: `__type` may carry a namespace before `#`. */
function errorOf(status: number, body: string): EventsError {
  let read: { readonly __type?: unknown; readonly message?: unknown; readonly Message?: unknown } = {};
  try {
    read = (JSON.parse(body) ?? {}) as typeof read;
  } catch {
    // A proxy's page, for example.
  }
  const type = typeof read.__type === "string" ? read.__type.replace(/^.*#/, "") : `HTTP ${status}`;
  const message = read.message ?? read.Message;
  return new EventsError(type, typeof message === "string" ? message : body.slice(0, 200), status);
}

function isTransient(error: unknown): boolean {
  if (!(error instanceof EventsError)) {
    return false;
  }
  const { name, status } = error;
  return status === undefined || status === 429 || status >= 500 || /Throttl|TooManyRequests/.test(name);
}

/** fetch says only that it failed; why is in its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}
