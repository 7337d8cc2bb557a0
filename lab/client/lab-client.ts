import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { IAMClient } from "@aws-sdk/client-iam";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SNSClient } from "@aws-sdk/client-sns";
import { GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { NAMES } from "../../stacks/names";
import type { WebhookRequest } from "../eventbridge/api-destinations";
import type { SeenEvent } from "../eventbridge/event-log";
import type { FaultRequest } from "../faults/fault";
import type { Lab } from "../lab";
import type { UserCredentials } from "../organization/seed";
import type { LabSettings } from "../settings";
import { LabError } from "../shared/errors";
import type { InboxMessage } from "../sns/inbox";
import type { Mail } from "../sns/mails";

// The SDK warns that it drops Node.js 20 in 2027, in the middle of the demo's output.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

/**
 * The endpoint of a running lab, and the administrators of its accounts. Plain data, so that another process
 * can use it.
 */
export interface LabAddress {
  readonly endpoint: string;
  readonly region: string;
  /** By account id. */
  readonly credentials: Readonly<Record<string, UserCredentials>>;
}

/** Credentials of a session of a role. */
export interface SessionCredentials extends UserCredentials {
  readonly sessionToken: string;
}

/** The address of a lab that runs in this process. */
export function addressOf(lab: Lab): LabAddress {
  const credentials = Object.fromEntries(lab.accounts.map(({ id }) => [id, lab.credentials(id)]));
  return { endpoint: lab.endpoint, region: lab.region, credentials };
}

/** Uses a running lab from outside: AWS clients, and the lab's own paths below `/_lab/`. */
interface SessionOptions {
  readonly sessionName?: string;
  /** Account whose administrator assumes the role. @default - that of the role */
  readonly by?: string;
  readonly sourceIdentity?: string;
}

export class LabClient {
  constructor(private readonly lab: LabAddress) {}

  /** An IAM client. Its credentials are those of the account's administrator unless others are given. */
  iam(accountId: string, credentials = this.credentialsOf(accountId)): IAMClient {
    return new IAMClient({ ...this.settings, credentials });
  }

  sns(accountId: string, credentials = this.credentialsOf(accountId)): SNSClient {
    return new SNSClient({ ...this.settings, credentials });
  }

  sqs(accountId: string, credentials = this.credentialsOf(accountId)): SQSClient {
    return new SQSClient({ ...this.settings, credentials });
  }

  /**
   * Credentials of a session of a role.
   *
   * @param by Account whose administrator opens the session. @default - the role's
   */
  async assumeRole(
    accountId: string,
    roleName: string,
    { sessionName = "lab", by = accountId, sourceIdentity: SourceIdentity }: SessionOptions = {},
  ): Promise<SessionCredentials> {
    const sts = new STSClient({ ...this.settings, credentials: this.credentialsOf(by) });
    const RoleArn = `arn:aws:iam::${accountId}:role/${roleName}`;
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: sessionName, SourceIdentity }),
    );
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  }

  /** Messages published in an account for people, oldest first. */
  async inbox(accountId: string): Promise<readonly InboxMessage[]> {
    const messages: readonly InboxMessage[] = await this.get(`inbox?account=${accountId}`);
    // What the responder orders by a topic is for a function alone.
    return messages.filter(({ topicArn }) => !topicArn.endsWith(`:${NAMES.hold}`));
  }

  /** What an account's topics mail, by the filter policies of their subscriptions, oldest first. */
  async mails(accountId: string): Promise<readonly Mail[]> {
    const messages: readonly Mail[] = await this.get(`mails?account=${accountId}`);
    return messages.filter(({ mailedTo }) => mailedTo.length > 0);
  }

  /** Confirms every subscription that waits for it, as the owners of the mailboxes would. */
  async confirmSubscriptions(): Promise<void> {
    await this.request("POST", "confirmations");
  }

  /** What the API destinations of an account have sent, oldest first. */
  webhooks(accountId: string): Promise<readonly WebhookRequest[]> {
    return this.get(`webhooks?account=${accountId}`);
  }

  /** Events that the buses of an account received, oldest first. */
  events(accountId: string): Promise<readonly SeenEvent[]> {
    return this.get(`events?account=${accountId}`);
  }

  /** Sets a fault. It stays until it is spent or cleared. */
  async addFault(fault: FaultRequest): Promise<void> {
    await this.request("POST", "faults", fault);
  }

  async clearFaults(): Promise<void> {
    await this.request("DELETE", "faults");
  }

  /** Changes settings of the running lab and returns the settings before the change. */
  async changeSettings(settings: Partial<LabSettings>): Promise<LabSettings> {
    const before = await this.get<LabSettings>("settings");
    await this.request("PUT", "settings", settings);
    return before;
  }

  /** Moves the lab's clock forward; returns the time then. */
  async advance(milliseconds: number): Promise<Date> {
    const { now } = (await this.request("POST", "clock", { advanceMs: milliseconds })) as { now: string };
    return new Date(now);
  }

  /** Puts events on an account's default bus as if AWS sent them. */
  async deliver(accountId: string, events: readonly unknown[]): Promise<void> {
    await this.request("POST", `events?account=${accountId}`, events);
  }

  /** Messages in a queue. They stay visible to other readers. */
  async messagesIn(accountId: string, queueName: string): Promise<readonly string[]> {
    const sqs = this.sqs(accountId);
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queueName }));
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
    );
    return Messages.map(({ Body = "" }) => Body);
  }

  /** Lines of a log group that contain a text. */
  async logLines(accountId: string, logGroupName: string, text: string): Promise<readonly string[]> {
    const logs = new CloudWatchLogsClient({ ...this.settings, credentials: this.credentialsOf(accountId) });
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
    return events.map(({ message = "" }) => message).filter((message) => message.includes(text));
  }

  /**
   * Invokes a function and waits for its result.
   *
   * @throws LabError when the function fails, with its error.
   */
  async invoke(accountId: string, functionName: string, payload: unknown): Promise<unknown> {
    const lambda = new LambdaClient({ ...this.settings, credentials: this.credentialsOf(accountId) });
    const answer = await lambda.send(
      new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(payload)) }),
    );
    const text = Buffer.from(answer.Payload ?? []).toString("utf8");
    if (answer.FunctionError !== undefined) {
      throw new LabError(`The function ${functionName} of account ${accountId} failed: ${text}`);
    }
    return JSON.parse(text) as unknown;
  }

  private get settings() {
    return { endpoint: this.lab.endpoint, region: this.lab.region };
  }

  private credentialsOf(accountId: string): UserCredentials {
    const found = this.lab.credentials[accountId];
    if (found === undefined) {
      throw new RangeError(`The lab has no account ${accountId}.`);
    }
    return found;
  }

  private async get<T>(path: string): Promise<T> {
    return (await this.request("GET", path)) as T;
  }

  private async request(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.lab.endpoint}/_lab/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) {
      throw new LabError(
        `The lab answered ${response.status} to ${method} /_lab/${path}: ${await response.text()}`,
      );
    }
    return response.json();
  }
}
