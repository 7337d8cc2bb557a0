import { startLab, type Lab } from "../../lab/lab";
import { LAB_ORGANIZATION } from "../../lab/organization/accounts";
import { AwsError } from "../../lab/shared/errors";
import { eventually } from "../support/eventually";
import { labApi, type LabApi } from "../support/lab/api";

const ACCOUNT = "444455556666";
const MINUTE_MS = 60_000;
const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:alarms`;

let lab: Lab;
let api: LabApi;

beforeAll(async () => {
  lab = await startLab(LAB_ORGANIZATION);
  api = labApi(lab.endpoint, lab.credentials(ACCOUNT).accessKeyId);
});

afterAll(() => lab.stop());

async function alarmState(name: string): Promise<unknown> {
  const { MetricAlarms } = await api("monitoring", "DescribeAlarms", { AlarmNames: [name] });
  return (MetricAlarms as { StateValue: string }[])[0]?.StateValue;
}

/** Puts an alarm that goes off at one occurrence in the last minute. */
async function putAlarm(name: string, metric: Record<string, unknown>): Promise<void> {
  await api("monitoring", "PutMetricAlarm", {
    ...{ AlarmName: name, Statistic: "Sum", Period: 60, EvaluationPeriods: 1, Threshold: 1 },
    ...{ ComparisonOperator: "GreaterThanOrEqualToThreshold", TreatMissingData: "notBreaching" },
    ...{ AlarmActions: [TOPIC], ...metric },
  });
}

async function putTopic(Statement: unknown[]): Promise<void> {
  await api("sns", "CreateTopic", { Name: "alarms" });
  const AttributeValue = JSON.stringify({ Version: "2012-10-17", Statement });
  await api("sns", "SetTopicAttributes", { TopicArn: TOPIC, AttributeName: "Policy", AttributeValue });
}

async function putQueue(name: string): Promise<string> {
  await api("sqs", "CreateQueue", { QueueName: name });
  const arn = `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;
  const Principal = { Service: "events.amazonaws.com" };
  const statement = { Effect: "Allow", Principal, Action: "sqs:SendMessage", Resource: arn };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await api("sqs", "SetQueueAttributes", { QueueUrl: urlOf(name), Attributes: { Policy } });
  return arn;
}

const urlOf = (queue: string): string => `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/${queue}`;

/** The events in a queue, oldest first; they are deleted. */
async function eventsIn(queue: string): Promise<Record<string, unknown>[]> {
  const events: Record<string, unknown>[] = [];
  for (;;) {
    const { Messages } = await api("sqs", "ReceiveMessage", {
      QueueUrl: urlOf(queue),
      MaxNumberOfMessages: 10,
    });
    const messages = (Messages ?? []) as { Body: string; ReceiptHandle: string }[];
    if (messages.length === 0) {
      return events;
    }
    for (const { Body, ReceiptHandle } of messages) {
      events.push(JSON.parse(Body) as Record<string, unknown>);
      await api("sqs", "DeleteMessage", { QueueUrl: urlOf(queue), ReceiptHandle });
    }
  }
}

test("the clock moves by an hour in a moment", async () => {
  const { now: before } = (await (await fetch(`${lab.endpoint}/_lab/clock`)).json()) as { now: string };
  const started = Date.now();

  const answer = await fetch(`${lab.endpoint}/_lab/clock`, {
    method: "POST",
    body: JSON.stringify({ advanceMs: 60 * MINUTE_MS }),
  });

  const { now } = (await answer.json()) as { now: string };
  expect(Date.parse(now) - Date.parse(before)).toBeGreaterThanOrEqual(60 * MINUTE_MS);
  expect(Date.now() - started).toBeLessThan(30_000);
});

describe("an alarm", () => {
  const METRIC = { Namespace: "AWS/SQS", MetricName: "NumberOfMessagesSent" };
  const ALLOWED = {
    Effect: "Allow",
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Action: "sns:Publish",
    Resource: TOPIC,
    Condition: { ArnLike: { "aws:SourceArn": `arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:allowed*` } },
  };

  beforeAll(() => putTopic([ALLOWED]));

  test("goes off for its queue, publishes, tells the bus and comes back", async () => {
    await putQueue("watched");
    await putAlarm("allowed-sent", { ...METRIC, Dimensions: [{ Name: "QueueName", Value: "watched" }] });

    await api("sqs", "SendMessage", { QueueUrl: urlOf("watched"), MessageBody: "one" });
    await lab.advance(MINUTE_MS);
    const raised = await alarmState("allowed-sent");
    await lab.advance(5 * MINUTE_MS);

    expect([raised, await alarmState("allowed-sent")]).toEqual(["ALARM", "OK"]);
    expect(lab.inbox(ACCOUNT)).toMatchObject([
      {
        publishedBy: "cloudwatch.amazonaws.com",
        subject: 'ALARM: "allowed-sent" in US East (N. Virginia)',
        message: expect.stringContaining('"NewStateValue":"ALARM"') as unknown,
      },
    ]);
    const changes = lab
      .events(ACCOUNT)
      .filter(({ event }) => event.source === "aws.cloudwatch")
      .map(({ event }) => event.detail as { state: { value: string } });
    // The first minute may be over before the message is sent: the alarm then was OK at first.
    const raisedAt = changes.findIndex(({ state }) => state.value === "ALARM");
    expect(changes.slice(raisedAt)).toMatchObject([
      { alarmName: "allowed-sent", state: { value: "ALARM" } },
      { alarmName: "allowed-sent", state: { value: "OK" } },
    ]);
  });

  test("whose name the topic's policy does not allow publishes nothing", async () => {
    await putAlarm("other", { Namespace: "Own", MetricName: "Count" });
    const before = lab.inbox(ACCOUNT).length;

    await api("monitoring", "PutMetricData", {
      Namespace: "Own",
      MetricData: [{ MetricName: "Count", Value: 3 }],
    });
    await lab.advance(MINUTE_MS);

    expect(await alarmState("other")).toBe("ALARM");
    expect(lab.inbox(ACCOUNT)).toHaveLength(before);
  });

  test("sees what a metric filter counts", async () => {
    await api("logs", "CreateLogGroup", { logGroupName: "app" });
    await api("logs", "CreateLogStream", { logGroupName: "app", logStreamName: "one" });
    const transformation = { metricName: "Withheld", metricNamespace: "App", metricValue: "1" };
    const putFilter = (filterPattern: string) =>
      api("logs", "PutMetricFilter", {
        ...{ logGroupName: "app", filterName: "f", filterPattern },
        metricTransformations: [transformation],
      });
    const write = (message: string) =>
      api("logs", "PutLogEvents", {
        ...{ logGroupName: "app", logStreamName: "one" },
        logEvents: [{ timestamp: Date.now(), message }],
      });
    await putFilter("{ $.withheld IS TRUE }");
    await putAlarm("allowed-withheld", { Namespace: "App", MetricName: "Withheld" });

    await write('{"withheld":false}');
    await lab.advance(MINUTE_MS);
    const before = await alarmState("allowed-withheld");
    await write('{"withheld":true}');
    await lab.advance(MINUTE_MS);

    expect([before, await alarmState("allowed-withheld")]).toEqual(["OK", "ALARM"]);
    await expect(putFilter("{ $.withheld IS MAYBE }")).rejects.toMatchObject({
      code: "InvalidParameterException",
    });
  });
});

describe("a rule with a schedule", () => {
  test("fires to its target, to the minute, as long as it is enabled", async () => {
    const Arn = await putQueue("scheduled");
    await api("events", "PutRule", { Name: "hourly", ScheduleExpression: "rate(1 hour)" });
    await api("events", "PutTargets", { Rule: "hourly", Targets: [{ Id: "queue", Arn }] });

    await lab.advance(180 * MINUTE_MS + MINUTE_MS);
    const events = await eventsIn("scheduled");
    await api("events", "DisableRule", { Name: "hourly" });
    await lab.advance(120 * MINUTE_MS);

    expect(events).toHaveLength(3);
    expect(events[0]).toMatchObject({
      ...{ source: "aws.events", "detail-type": "Scheduled Event", account: ACCOUNT, detail: {} },
      resources: [`arn:aws:events:us-east-1:${ACCOUNT}:rule/hourly`],
    });
    expect(await eventsIn("scheduled")).toEqual([]);
  });

  test("is refused on another bus, and with an expression that is not valid", async () => {
    await api("events", "CreateEventBus", { Name: "own" });

    const elsewhere = api("events", "PutRule", {
      ...{ Name: "r", EventBusName: "own", ScheduleExpression: "rate(1 hour)" },
    });
    const invalid = api("events", "PutRule", { Name: "r", ScheduleExpression: "cron(0 25 * * ? *)" });

    await expect(elsewhere).rejects.toEqual(
      new AwsError("ValidationException", "ScheduleExpression is supported only on the default event bus."),
    );
    await expect(invalid).rejects.toEqual(
      new AwsError("ValidationException", "Parameter ScheduleExpression is not valid."),
    );
  });
});

describe("a replay", () => {
  const BUS = `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/replayed`;
  const ARCHIVE = `arn:aws:events:us-east-1:${ACCOUNT}:archive/all`;
  const state = async (ReplayName: string): Promise<unknown> =>
    (await api("events", "DescribeReplay", { ReplayName }))["State"];
  const inOrder = (events: readonly Record<string, unknown>[]) =>
    events.toSorted((a, b) => orderOf(a) - orderOf(b));
  const orderOf = ({ detail }: Record<string, unknown>) => (detail as { order: number }).order;
  const put = (order: number) =>
    api("events", "PutEvents", {
      Entries: [
        { Source: "app", DetailType: "t", Detail: JSON.stringify({ order }), EventBusName: "replayed" },
      ],
    });

  test("puts the archive's events of a time on the bus again, and archives none of them", async () => {
    const Arn = await putQueue("replays");
    await api("events", "CreateEventBus", { Name: "replayed" });
    await api("events", "CreateArchive", { ArchiveName: "all", EventSourceArn: BUS });
    const rule = { Rule: "app", EventBusName: "replayed" };
    const EventPattern = JSON.stringify({ source: ["app"] });
    await api("events", "PutRule", { Name: "app", EventBusName: "replayed", EventPattern });
    await api("events", "PutTargets", { ...rule, Targets: [{ Id: "queue", Arn }] });
    const times: number[] = [];
    for (const order of [0, 1, 2]) {
      await put(order);
      times.push(lab.now().getTime() / 1000);
      await lab.advance(10 * MINUTE_MS);
    }
    const first = await eventsIn("replays");

    const start = {
      ...{ ReplayName: "again", EventSourceArn: ARCHIVE, Destination: { Arn: BUS } },
      ...{ EventStartTime: (times[1] ?? 0) - 60, EventEndTime: (times[2] ?? 0) + 60 },
    };
    const { State } = await api("events", "StartReplay", start);
    const described = await state("again");
    await lab.advance(MINUTE_MS);
    const again: Record<string, unknown>[] = [];
    await eventually("the replayed events", async () => {
      again.push(...(await eventsIn("replays")));
      return again.length >= 2 ? again : undefined;
    });

    expect([State, described, await state("again")]).toEqual(["STARTING", "STARTING", "COMPLETED"]);
    expect(inOrder(first).map(({ detail }) => detail)).toEqual([{ order: 0 }, { order: 1 }, { order: 2 }]);
    // A delivery does not wait for the one before it: the queue may have them in any order.
    expect(inOrder(again).map((event) => [event["detail"], event["replay-name"]])).toEqual([
      [{ order: 1 }, "again"],
      [{ order: 2 }, "again"],
    ]);
    expect(lab.archivedEvents(ACCOUNT, "all")).toHaveLength(3);
  });

  test("can be cancelled until it is over, and is listed by its state", async () => {
    const now = lab.now().getTime() / 1000;
    const start = {
      ...{ ReplayName: "cancelled", EventSourceArn: ARCHIVE, Destination: { Arn: BUS } },
      ...{ EventStartTime: now - 7_200, EventEndTime: now },
    };
    await api("events", "StartReplay", start);

    await api("events", "CancelReplay", { ReplayName: "cancelled" });
    await lab.advance(MINUTE_MS);

    expect(await state("cancelled")).toBe("CANCELLED");
    expect(await eventsIn("replays")).toEqual([]);
    await expect(api("events", "CancelReplay", { ReplayName: "cancelled" })).rejects.toMatchObject({
      code: "IllegalStatusException",
    });
    const { Replays } = await api("events", "ListReplays", { State: "CANCELLED" });
    expect(Replays).toMatchObject([{ ReplayName: "cancelled", State: "CANCELLED" }]);
  });

  test("of an unknown archive is refused", async () => {
    const now = lab.now().getTime() / 1000;

    const started = api("events", "StartReplay", {
      ...{ ReplayName: "unknown", EventSourceArn: `${ARCHIVE}-unknown`, Destination: { Arn: BUS } },
      ...{ EventStartTime: now - 60, EventEndTime: now },
    });

    await expect(started).rejects.toMatchObject({ code: "ValidationException" });
  });
});

describe("a subscription of an address", () => {
  const alerts = `arn:aws:sns:us-east-1:${ACCOUNT}:alerts`;
  const listed = async () => {
    const { Subscriptions } = await api("sns", "ListSubscriptionsByTopic", { TopicArn: alerts });
    return Subscriptions as { SubscriptionArn: string; Endpoint: string }[];
  };
  const subscribe = (Endpoint: string, more: object = {}) =>
    api("sns", "Subscribe", { TopicArn: alerts, Protocol: "email", Endpoint, ...more });
  const publish = (Message: string) => api("sns", "Publish", { TopicArn: alerts, Message });
  const mailbox = async (to: string) => (await fetch(`${lab.endpoint}/_lab/mailbox?to=${to}`)).text();

  beforeAll(async () => {
    await api("sns", "CreateTopic", { Name: "alerts" });
  });

  test("waits for its confirmation, cannot be deleted meanwhile, and is mailed nothing", async () => {
    const answer = await subscribe("oncall@example.com");
    const again = await subscribe("oncall@example.com", { ReturnSubscriptionArn: true });
    await publish("too early");

    expect(answer).toEqual({ SubscriptionArn: "pending confirmation" });
    expect(await listed()).toMatchObject([
      { SubscriptionArn: "PendingConfirmation", Endpoint: "oncall@example.com" },
    ]);
    await expect(api("sns", "Unsubscribe", again)).rejects.toMatchObject({
      code: "InvalidParameter",
      message: expect.stringContaining("pending confirmation") as string,
    });
    const { Attributes } = await api("sns", "GetSubscriptionAttributes", again);
    expect(JSON.stringify(Attributes)).toContain('{"key":"PendingConfirmation","value":"true"}');
    expect(await mailbox("oncall@example.com")).not.toContain("too early");
  });

  test("is mailed what comes after its owner has opened the link", async () => {
    const link = /http:\S+confirm\?token=\S+/.exec(await mailbox("oncall@example.com"))?.[0] ?? "";

    expect(await (await fetch(link)).text()).toMatch(/^Subscription confirmed: arn:aws:sns:.*:alerts:/);

    await publish("in time");
    expect(await mailbox("oncall@example.com")).toMatch(/\n\nin time\n$/);
    const { Attributes } = await api("sns", "GetTopicAttributes", { TopicArn: alerts });
    expect(JSON.stringify(Attributes)).toContain('{"key":"SubscriptionsConfirmed","value":"1"}');
  });

  test("is confirmed by the token in the mail, and by no other", async () => {
    await subscribe("security@example.com");
    const Token = /--token (\S+)/.exec(await mailbox("security@example.com"))?.[1];
    const confirm = (token = "") =>
      api("sns", "ConfirmSubscription", {
        ...{ TopicArn: alerts, Token: token, AuthenticateOnUnsubscribe: "true" },
      });

    await expect(confirm("0".repeat(64))).rejects.toMatchObject({ code: "InvalidParameter" });
    expect(await confirm(Token)).toEqual({
      SubscriptionArn: expect.stringContaining(`${alerts}:`) as string,
    });
    expect((await listed()).filter(({ SubscriptionArn }) => SubscriptionArn.startsWith("arn:"))).toHaveLength(
      2,
    );
  });

  test("is gone after two days without its confirmation", async () => {
    await subscribe("late@example.com");
    const link = /http:\S+confirm\?token=\S+/.exec(await mailbox("late@example.com"))?.[0] ?? "";

    await lab.advance(48.5 * 60 * MINUTE_MS);

    expect((await listed()).map(({ Endpoint }) => Endpoint)).not.toContain("late@example.com");
    expect(await (await fetch(link)).text()).toMatch(/^InvalidParameter: /);
  });
});
