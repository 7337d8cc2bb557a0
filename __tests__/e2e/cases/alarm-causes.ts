import { randomUUID } from "node:crypto";
import { CreateAccessKeyCommand, CreateUserCommand } from "@aws-sdk/client-iam";
import type { LabClient } from "../../../lab/client/lab-client";
import type { AwsCall } from "../../../lab/exchange/build-request";
import type { Lab } from "../../../lab/lab";
import { ALARM_PREFIX, AccountNames, NAMES, SECURITY_ALARM_PREFIX } from "../../../stacks/names";
import { apiCallEvent } from "../../support/functions/api-call-event";
import { lambdaEvent } from "../../support/functions/drill-events";
import { labApi, type LabApi } from "../../support/lab/api";
import { waitForOutcome } from "./looks";
import { ACCOUNT, SECURITY_ACCOUNT } from "./organization";

/** Puts things right again. */
type TakeAway = () => Promise<unknown>;

/** What makes alarms go off. */
export interface AlarmCause {
  readonly title: string;
  /** Full names. */
  readonly alarms: readonly string[];
  readonly make: (causes: CauseTools) => Promise<TakeAway>;
}

const inAccount = (...ends: string[]): string[] => ends.map((end) => `${ALARM_PREFIX}${end}`);
const inSecurity = (...ends: string[]): string[] => ends.map((end) => `${SECURITY_ALARM_PREFIX}${end}`);

/** Each alarm of both stacks, and by what it goes off. */
export const ALARM_CAUSES: readonly AlarmCause[] = [
  {
    title: "an alert that cannot be sent: the response fails for good",
    alarms: [...inAccount("errors", "dead-letters", "new-dead-letters"), ...inSecurity("failed-responses")],
    make: async (tools) => {
      const lift = tools.refuse("sns", "Publish", ACCOUNT, NAMES.responder);
      await tools.createUser();
      return lift;
    },
  },
  {
    title: "a responder without concurrency",
    alarms: inAccount("throttles"),
    make: async (tools) => {
      const restore = await tools.limitConcurrency(ACCOUNT, NAMES.responder, 0);
      await tools.createUser();
      return restore;
    },
  },
  {
    title: "a responder that may not put its outcome on the bus",
    alarms: inAccount("undelivered-outcomes"),
    make: async (tools) => {
      const restore = await tools.deny(ACCOUNT, NAMES.responder, "events:PutEvents");
      await tools.createUser();
      return restore;
    },
  },
  {
    title: "an event that is delivered twice",
    alarms: inAccount("withheld-alerts"),
    make: async (tools) => {
      const userName = await tools.createUser();
      await waitForOutcome(tools.client, userName);
      await tools.repeatEventOf(userName);
      return () => Promise.resolve();
    },
  },
  {
    title: "a responder that the rule may not invoke",
    alarms: inAccount("failed-detection"),
    make: async (tools) => {
      const restore = await tools.closeTargets(ACCOUNT, NAMES.detectionRule);
      await tools.createUser();
      return restore;
    },
  },
  {
    title: "a responder that the rule on undone quarantines may not invoke",
    alarms: inAccount("failed-undone"),
    make: async (tools) => {
      const restore = await tools.closeTargets(ACCOUNT, NAMES.undoneRule);
      const UserName = await tools.createUser();
      await tools.client.iam(ACCOUNT).send(new CreateAccessKeyCommand({ UserName }));
      return restore;
    },
  },
  {
    title: "a responder that the rule may not invoke, and a dead-letter queue that it may not use",
    alarms: inAccount("lost-events"),
    make: async (tools) => {
      const openTargets = await tools.closeTargets(ACCOUNT, NAMES.detectionRule);
      const openQueue = await tools.closeQueue(ACCOUNT, NAMES.deadLetters);
      await tools.createUser();
      return async () => {
        await openQueue();
        await openTargets();
      };
    },
  },
  {
    title: "a central bus that refuses the account, also the alarm about it",
    alarms: inAccount(
      ...["failed-outcome-forwarding", "failed-alarm-forwarding"],
      ...["failed-change-forwarding", "failed-refusal-forwarding"],
    ),
    make: async (tools) => {
      const restore = await tools.closeSecurityBus();
      await tools.createUser();
      await tools.changePart();
      await tools.refuseChange(ACCOUNT, NAMES.detectionRule);
      return restore;
    },
  },
  {
    title: "an audit log that EventBridge may not write",
    alarms: inSecurity("failed-audit", "dead-letters", "new-dead-letters"),
    make: async (tools) => {
      const restore = await tools.closeAuditLog();
      await tools.createUser();
      return restore;
    },
  },
  {
    title: "a user who was contained after seven minutes",
    alarms: inSecurity("slow-containment"),
    make: async ({ client }) => {
      const outcome = { status: "QUARANTINED", answeredElsewhere: false, secondsToContain: 420 };
      await client.deliver(ACCOUNT, [lambdaEvent(ACCOUNT, NAMES.responder, outcome)]);
      return () => Promise.resolve();
    },
  },
  {
    title: "central mail that the rule for outcomes may not send",
    alarms: inSecurity("failed-outcome-alerts"),
    make: async (tools) => {
      const restore = await tools.closeTargets(SECURITY_ACCOUNT, NAMES.outcomeAlertRule, NAMES.bus);
      await tools.createUser();
      return restore;
    },
  },
  {
    title: "central mail that the rule for alarms may not send",
    alarms: inSecurity("failed-alarm-alerts"),
    make: async (tools) => {
      const restore = await tools.closeTargets(SECURITY_ACCOUNT, NAMES.alarmAlertRule, NAMES.bus);
      await tools.raise(`${ALARM_PREFIX}throttles`);
      return restore;
    },
  },
  {
    title: "central mail that the rule for changes may not send",
    alarms: inSecurity("failed-change-alerts"),
    make: async (tools) => {
      const restore = await tools.closeTargets(SECURITY_ACCOUNT, NAMES.changeAlertRule, NAMES.bus);
      await tools.changePart();
      return restore;
    },
  },
  {
    title: "central mail that the rule for refusals may not send",
    alarms: inSecurity("failed-refusal-alerts"),
    make: async (tools) => {
      const restore = await tools.closeTargets(SECURITY_ACCOUNT, NAMES.refusalAlertRule, NAMES.bus);
      await tools.refuseChange(ACCOUNT, NAMES.detectionRule);
      return restore;
    },
  },
  {
    // Taking the right away is such a change itself.
    title: "mail that the rule for changes of the security account itself may not send",
    alarms: inSecurity("failed-own-changes"),
    make: (tools) => tools.closeTargets(SECURITY_ACCOUNT, NAMES.ownChangeRule),
  },
  {
    title: "mail that the rule for refusals in the security account itself may not send",
    alarms: inSecurity("failed-own-refusals"),
    make: async (tools) => {
      const restore = await tools.closeTargets(SECURITY_ACCOUNT, NAMES.ownRefusalRule);
      await tools.refuseChange(SECURITY_ACCOUNT, NAMES.auditRule);
      return restore;
    },
  },
  {
    title: "central mail that the topic does not take",
    alarms: inSecurity("errors"),
    make: async (tools) => {
      const lift = tools.refuse("sns", "Publish", SECURITY_ACCOUNT, NAMES.notifier);
      await tools.createUser();
      return lift;
    },
  },
  {
    title: "a notifier without concurrency",
    alarms: inSecurity("throttles"),
    make: async (tools) => {
      const restore = await tools.limitConcurrency(SECURITY_ACCOUNT, NAMES.notifier, 0);
      await tools.createUser();
      return restore;
    },
  },
  {
    title: "central mail that the topic does not take, and a dead-letter queue that the notifier may not use",
    alarms: inSecurity("undelivered-failures"),
    make: async (tools) => {
      const lift = tools.refuse("sns", "Publish", SECURITY_ACCOUNT, NAMES.notifier);
      const restore = await tools.deny(SECURITY_ACCOUNT, NAMES.notifier, "sqs:SendMessage");
      await tools.createUser();
      return async () => {
        await lift();
        await restore();
      };
    },
  },
];

/** Makes causes in a deployed organization of {@link SECURITY_ACCOUNT} and {@link ACCOUNT}. */
export class CauseTools {
  private users = 0;

  constructor(
    private readonly lab: Lab,
    readonly client: LabClient,
  ) {}

  api(accountId: string): LabApi {
    return labApi(this.lab.endpoint, this.lab.credentials(accountId).accessKeyId);
  }

  /** Creates a user that is quarantined. */
  async createUser(): Promise<string> {
    const UserName = `e2e-alarm-${++this.users}`;
    await this.client.iam(ACCOUNT).send(new CreateUserCommand({ UserName }));
    return UserName;
  }

  /** Delivers the event of a creation once more. */
  async repeatEventOf(userName: string): Promise<void> {
    const event = this.lab
      .events(ACCOUNT)
      .map((seen) => seen.event)
      .find(({ source, detail }) => source === "aws.iam" && JSON.stringify(detail).includes(`"${userName}"`));
    await this.client.deliver(ACCOUNT, [event]);
  }

  /** Refuses a call to a function. */
  refuse(service: string, action: string, account: string, functionName: string): TakeAway {
    const principal = `assumed-role/${functionName}/`;
    const id = this.lab.faults.add({ service, action, account, principal, kind: "refuse" });
    return () => Promise.resolve(this.lab.faults.remove(id));
  }

  /** Lets at most so many executions of a function run at once. */
  async limitConcurrency(accountId: string, functionName: string, most: number): Promise<TakeAway> {
    const concurrency = (date: string, method: string, body?: object) =>
      this.lambda(accountId, "concurrency", {
        ...{ method, path: `/${date}/functions/${functionName}/concurrency` },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    const { ReservedConcurrentExecutions: before } = await concurrency("2019-09-30", "GET");
    await concurrency("2017-10-31", "PUT", { ReservedConcurrentExecutions: most });
    return () =>
      typeof before === "number"
        ? concurrency("2017-10-31", "PUT", { ReservedConcurrentExecutions: before })
        : concurrency("2017-10-31", "DELETE");
  }

  /** Denies an action to the role of a function. */
  async deny(accountId: string, RoleName: string, Action: string): Promise<TakeAway> {
    const iam = this.api(accountId);
    const named = { RoleName, PolicyName: "denied-by-test" };
    const Statement = [{ Effect: "Deny", Action, Resource: "*" }];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await iam("iam", "PutRolePolicy", { ...named, PolicyDocument });
    return () => iam("iam", "DeleteRolePolicy", named);
  }

  /** Takes from a rule the right to invoke its functions. */
  async closeTargets(accountId: string, Rule: string, EventBusName = "default"): Promise<TakeAway> {
    const { Targets } = await this.api(accountId)("events", "ListTargetsByRule", { Rule, EventBusName });
    const functions = (Targets as { Arn: string }[])
      .map(({ Arn }) => Arn)
      .filter((arn) => arn.includes(":lambda:"));
    const restores = await Promise.all(functions.map((arn) => this.closeFunction(accountId, arn, Rule)));
    return () => Promise.all(restores.map((restore) => restore()));
  }

  async closeQueue(accountId: string, queueName: string): Promise<TakeAway> {
    const QueueUrl = `https://sqs.us-east-1.amazonaws.com/${accountId}/${queueName}`;
    const sqs = this.api(accountId);
    const { Attributes } = await sqs("sqs", "GetQueueAttributes", { QueueUrl, AttributeNames: ["Policy"] });
    const { Policy } = Attributes as { Policy: string };
    const setPolicy = (policy: string) =>
      sqs("sqs", "SetQueueAttributes", { QueueUrl, Attributes: { Policy: policy } });
    await setPolicy(without(Policy, "sqs:SendMessage"));
    return () => setPolicy(Policy);
  }

  async closeSecurityBus(): Promise<TakeAway> {
    const events = this.api(SECURITY_ACCOUNT);
    const { Policy } = await events("events", "DescribeEventBus", { Name: NAMES.bus });
    const closed = String(Policy).replaceAll(`/${NAMES.forwardingRole}"`, `/nobody"`);
    const put = (policy: unknown) =>
      events("events", "PutPermission", { EventBusName: NAMES.bus, Policy: policy });
    await put(closed);
    return () => put(Policy);
  }

  async closeAuditLog(): Promise<TakeAway> {
    const logs = this.api(SECURITY_ACCOUNT);
    const { resourcePolicies } = await logs("logs", "DescribeResourcePolicies", {});
    const policy = (resourcePolicies as { policyName: string; policyDocument: string }[]).find(
      ({ policyName }) => policyName === NAMES.auditLogPolicy,
    );
    await logs("logs", "DeleteResourcePolicy", { policyName: NAMES.auditLogPolicy });
    return () =>
      logs("logs", "PutResourcePolicy", {
        policyName: NAMES.auditLogPolicy,
        policyDocument: policy?.policyDocument,
      });
  }

  /** Changes a part of the account's stack, and leaves it as it was. */
  async changePart(): Promise<void> {
    await this.api(ACCOUNT)("events", "EnableRule", { Name: NAMES.detectionRule });
  }

  /** Delivers the event of a caller who was refused a change of a rule. */
  async refuseChange(accountId: string, rule: string): Promise<void> {
    const refused = apiCallEvent({
      ...{ service: "events", eventName: "DisableRule", errorCode: "AccessDenied", accountId },
      errorMessage: `User: x is not authorized to perform: events:DisableRule on resource: ${new AccountNames("aws", accountId).ruleArn(rule)}`,
      eventTime: this.lab.now().toISOString(),
      eventID: randomUUID(),
    });
    await this.client.deliver(accountId, [refused]);
  }

  /** Makes an alarm of the account go off by hand. */
  async raise(AlarmName: string): Promise<void> {
    const state = { StateValue: "ALARM", StateReason: "raised by a test" };
    await this.api(ACCOUNT)("monitoring", "SetAlarmState", { AlarmName, ...state });
  }

  /** Empties both dead-letter queues. */
  async emptyQueues(): Promise<void> {
    const queues = [
      new AccountNames("aws", ACCOUNT).queueArn(NAMES.deadLetters),
      new AccountNames("aws", SECURITY_ACCOUNT).queueArn(NAMES.securityDeadLetters),
    ];
    for (const [accountId = "", name = ""] of queues.map((arn) => arn.split(":").slice(-2))) {
      const QueueUrl = `https://sqs.us-east-1.amazonaws.com/${accountId}/${name}`;
      await this.api(accountId)("sqs", "PurgeQueue", { QueueUrl });
    }
  }

  private async closeFunction(accountId: string, arn: string, rule: string): Promise<TakeAway> {
    const path = `/2015-03-31/functions/${encodeURIComponent(arn)}/policy`;
    const { Policy } = await this.lambda(accountId, "GetPolicy", { method: "GET", path });
    const { Statement } = JSON.parse(String(Policy)) as { Statement: PermissionStatement[] };
    const closed = Statement.filter((statement) => JSON.stringify(statement).includes(`/${rule}"`));
    for (const { Sid } of closed) {
      await this.lambda(accountId, "RemovePermission", { method: "DELETE", path: `${path}/${Sid}` });
    }
    return async () => {
      for (const { Sid, Action, Principal, Condition } of closed) {
        const SourceArn = Object.values(Condition)[0]?.["AWS:SourceArn"];
        const permission = { StatementId: Sid, Action, Principal: Principal.Service, SourceArn };
        await this.lambda(accountId, "AddPermission", {
          method: "POST",
          path,
          body: JSON.stringify(permission),
        });
      }
    };
  }

  private lambda(
    accountId: string,
    action: string,
    rest: NonNullable<AwsCall["rest"]>,
  ): Promise<Record<string, unknown>> {
    return this.api(accountId)("lambda", action, {}, rest);
  }
}

interface PermissionStatement {
  readonly Sid: string;
  readonly Action: string;
  readonly Principal: { readonly Service: string };
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A policy without its statements that allow an action. */
function without(policy: string, action: string): string {
  const { Statement, ...rest } = JSON.parse(policy) as {
    readonly Statement: readonly { readonly Effect: string; readonly Action: unknown }[];
  };
  const left = Statement.filter(({ Effect, Action }) => Effect !== "Allow" || Action !== action);
  return JSON.stringify({ ...rest, Statement: left });
}
