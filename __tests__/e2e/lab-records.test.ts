import { zipSync } from "fflate";
import { startLab, type Lab } from "../../lab/lab";
import { LAB_ORGANIZATION } from "../../lab/organization/accounts";
import { TRAIL } from "../../lab/organization/seed";
import { eventually } from "../support/eventually";
import { labApi, type LabApi } from "../support/lab/api";
import { document, LabUsers } from "../support/lab/users";

const REGION = "us-east-1";
const MANAGEMENT = "123456789012";
const MEMBER = "444455556666";
const TOPIC = `arn:aws:sns:${REGION}:${MEMBER}:t`;

/** What the tests look at in a record of CloudTrail. */
interface Detail {
  readonly eventSource: string;
  readonly eventName: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly requestParameters: Readonly<Record<string, unknown>> | null;
  readonly userIdentity: { readonly userName?: string };
}

/** Service, action, input, and for REST services the method and path. */
type Call = readonly [string, string, Record<string, unknown>, Parameters<LabApi>[3]?];

let lab: Lab;
let users: LabUsers;
let administrator: LabApi;

beforeAll(async () => {
  lab = await startLab(LAB_ORGANIZATION);
  users = new LabUsers(lab, MEMBER);
  administrator = labApi(lab.endpoint, lab.credentials(MEMBER).accessKeyId);
});

afterAll(async () => {
  await lab.stop();
});

/** The event of a call, from the account's default bus. */
function recorded(accountId: string, eventName: string, userName?: string): Promise<Detail> {
  return eventually(`the record of ${eventName}`, () =>
    lab
      .events(accountId)
      .filter(({ bus }) => bus.endsWith(":event-bus/default"))
      .map(({ event }) => event.detail as Detail)
      .findLast(
        (detail) =>
          detail.eventName === eventName &&
          (userName === undefined || detail.userIdentity.userName === userName),
      ),
  );
}

const FUNCTION = { method: "POST", path: "/2015-03-31/functions" };
const CONCURRENCY = { method: "PUT", path: "/2017-10-31/functions/f/concurrency" };
const CREATE_FUNCTION = {
  FunctionName: "f",
  Runtime: "nodejs22.x",
  Handler: "index.handler",
  Role: `arn:aws:iam::${MEMBER}:role/f`,
  Environment: { Variables: { TOKEN: "not-for-the-record" } },
};

/** One call of each service, in an order in which each works. */
const CALLS: readonly (readonly [string, string, Record<string, unknown>])[] = [
  ["events", "PutRule", { Name: "r", EventPattern: '{"source":["none"]}' }],
  ["sns", "CreateTopic", { Name: "t" }],
  ["sqs", "CreateQueue", { QueueName: "q" }],
  ["kms", "CreateKey", {}],
  ["logs", "CreateLogGroup", { logGroupName: "/g" }],
  [
    "monitoring",
    "PutMetricAlarm",
    {
      ...{ AlarmName: "a", MetricName: "m", Namespace: "n", Statistic: "Sum" },
      ...{ ComparisonOperator: "GreaterThanThreshold", EvaluationPeriods: 1, Period: 60, Threshold: 1 },
    },
  ],
];

describe("the account's default bus gets an event", () => {
  test.each(CALLS)("for %s:%s", async (service, action, params) => {
    await administrator(service, action, params);

    const detail = await recorded(MEMBER, action);

    expect(detail).toMatchObject({
      eventSource: `${service}.amazonaws.com`,
      userIdentity: { type: "IAMUser" },
    });
    expect(detail.errorCode).toBeUndefined();
  });

  test("for a new function under Lambda's name for it, without code and environment", async () => {
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
      ],
    });
    await administrator("iam", "CreateRole", { RoleName: "f", AssumeRolePolicyDocument });
    const zip = zipSync({ "index.js": Buffer.from("exports.handler = async () => {};") });
    const Code = { ZipFile: Buffer.from(zip).toString("base64") };
    await administrator("lambda", "CreateFunction", { ...CREATE_FUNCTION, Code }, FUNCTION);

    const detail = await recorded(MEMBER, "CreateFunction20150331");

    expect(detail.requestParameters).toMatchObject({ functionName: "f", code: {} });
    expect(JSON.stringify(detail)).not.toContain("not-for-the-record");
    expect(JSON.stringify(detail)).not.toContain(Code.ZipFile);
  });

  test("for what Lambda itself refuses, with the input", async () => {
    const params = { ReservedConcurrentExecutions: 901 };

    await expect(administrator("lambda", "PutFunctionConcurrency", params, CONCURRENCY)).rejects.toThrow();

    await expect(recorded(MEMBER, "PutFunctionConcurrency20171031")).resolves.toMatchObject({
      errorCode: "InvalidParameterValueException",
      requestParameters: { functionName: "f", reservedConcurrentExecutions: 901 },
    });
  });

  test("for what a user has no permission for, in every service, without the input", async () => {
    const { UserName, api } = await users.newUser({ administers: false });
    const calls: readonly Call[] = [
      ["iam", "DeleteUser", { UserName: "somebody" }],
      ["events", "DisableRule", { Name: "r" }],
      ["lambda", "DeleteFunction", {}, { method: "DELETE", path: "/2015-03-31/functions/f" }],
      ["sns", "DeleteTopic", { TopicArn: TOPIC }],
      ["sqs", "PurgeQueue", { QueueUrl: `${lab.endpoint}/${MEMBER}/q` }],
      ["logs", "DeleteLogGroup", { logGroupName: "/g" }],
    ];

    for (const call of calls) {
      await expect(api(...call)).rejects.toThrow(/is not authorized to perform/);
    }

    for (const [service, action] of calls) {
      const eventName = service === "lambda" ? "DeleteFunction20150331" : action;
      await expect(recorded(MEMBER, eventName, UserName)).resolves.toMatchObject({
        eventSource: `${service}.amazonaws.com`,
        errorCode: "AccessDenied",
        errorMessage: expect.stringContaining(`user/${UserName} is not authorized to perform: ${service}:`),
        requestParameters: null,
        responseElements: null,
      });
    }
  });

  test("for a service control policy, and for what it refuses, with the policy's ARN", async () => {
    const management = labApi(lab.endpoint, lab.credentials(MANAGEMENT).accessKeyId);
    const { Policy } = await management("organizations", "CreatePolicy", {
      Name: "keep-queues",
      Description: "",
      Type: "SERVICE_CONTROL_POLICY",
      Content: document("Deny", "sqs:DeleteQueue"),
    });
    const { Id, Arn } = (Policy as { PolicySummary: { Id: string; Arn: string } }).PolicySummary;
    await management("organizations", "AttachPolicy", { PolicyId: Id, TargetId: MEMBER });

    const QueueUrl = `${lab.endpoint}/${MEMBER}/q`;
    await eventually("the refusal by the policy", async () => {
      const asked = administrator("sqs", "DeleteQueue", { QueueUrl });
      return (await asked.catch(() => "refused")) === "refused" || undefined;
    });

    await expect(recorded(MANAGEMENT, "AttachPolicy")).resolves.toMatchObject({
      eventSource: "organizations.amazonaws.com",
      requestParameters: { policyId: Id, targetId: MEMBER },
    });
    const refusal = await recorded(MEMBER, "DeleteQueue");
    expect(refusal.errorMessage).toMatch(`with an explicit deny in a service control policy: ${Arn}`);
  });
});

describe("the account's default bus gets no event", () => {
  test("for data and for reads", async () => {
    await administrator("sns", "Publish", { TopicArn: TOPIC, Message: "x" });
    await administrator("sqs", "SendMessage", { QueueUrl: `${lab.endpoint}/${MEMBER}/q`, MessageBody: "x" });
    await administrator("events", "PutEvents", { Entries: [{ Source: "s", DetailType: "d", Detail: "{}" }] });
    await administrator("iam", "ListUsers", {});
    await administrator("sqs", "CreateQueue", { QueueName: "last" });
    await eventually("the record of the last call", () =>
      lab.events(MEMBER).find(({ event }) => {
        const { requestParameters } = event.detail as Partial<Detail>;
        return requestParameters?.["queueName"] === "last";
      }),
    );

    const names = lab.events(MEMBER).map(({ event }) => (event.detail as Partial<Detail>).eventName);

    expect(names).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(Publish|Send|PutEvents|List|Get|Describe)/)]),
    );
  });
});

/** What LookupEvents is asked for the events of one resource. */
const byName = (name: string) => ({
  LookupAttributes: [{ AttributeKey: "ResourceName", AttributeValue: name }],
});

describe("a trail", () => {
  const createdOnBus = () =>
    lab.events(MEMBER).flatMap(({ event }) => {
      const { eventName, requestParameters } = event.detail as Partial<Detail>;
      return eventName === "CreateUser" ? [requestParameters?.["userName"]] : [];
    });

  test("that is stopped ends the events of calls, its own the last, and not the event history", async () => {
    await administrator("cloudtrail", "StopLogging", { Name: TRAIL });
    await administrator("iam", "CreateUser", { UserName: "unseen" });
    await administrator("cloudtrail", "StartLogging", { Name: TRAIL });
    await administrator("iam", "CreateUser", { UserName: "seen" });

    await recorded(MEMBER, "StopLogging");
    await eventually("the event of the second user", () => createdOnBus().includes("seen") || undefined);

    expect(createdOnBus()).not.toContain("unseen");
    const { Events } = await administrator("cloudtrail", "LookupEvents", byName("unseen"));
    expect(Events).toHaveLength(1);
    // CloudTrail takes two lookups a second, and the next tests have their own.
    await lab.advance(1_000);
  });

  test("that leaves out what writes carries no events", async () => {
    const selectors = (ReadWriteType: string) =>
      administrator("cloudtrail", "PutEventSelectors", {
        ...{ TrailName: TRAIL, EventSelectors: [{ ReadWriteType, IncludeManagementEvents: true }] },
      });
    await selectors("ReadOnly");
    await administrator("iam", "CreateUser", { UserName: "unselected" });
    await selectors("All");
    await administrator("iam", "CreateUser", { UserName: "selected" });

    await eventually("the event of the second user", () => createdOnBus().includes("selected") || undefined);

    expect(createdOnBus()).not.toContain("unselected");
  });
});

describe("LookupEvents", () => {
  test("finds who created a user, for whom it is allowed", async () => {
    await administrator("iam", "CreateUser", { UserName: "lookup-me" });
    const { api } = await users.newUser({ administers: false });

    const { Events } = await administrator("cloudtrail", "LookupEvents", byName("lookup-me"));

    const [event, ...others] = Events as { EventName: string; CloudTrailEvent: string }[];
    expect(others).toEqual([]);
    expect(event).toMatchObject({ EventName: "CreateUser", EventSource: "iam.amazonaws.com" });
    expect(JSON.parse(event?.CloudTrailEvent ?? "")).toMatchObject({
      responseElements: { user: { userName: "lookup-me", userId: expect.stringMatching(/^\w{16,}$/) } },
      userIdentity: { type: "IAMUser", accountId: MEMBER },
    });
    await expect(api("cloudtrail", "LookupEvents", byName("lookup-me"))).rejects.toMatchObject({
      code: "AccessDeniedException",
    });
  });

  test("finds an event when CloudTrail has it, and no sooner", async () => {
    lab.settings.change({ lookupDelayMs: 15 * 60_000 });
    try {
      await administrator("iam", "CreateUser", { UserName: "look-later" });

      const before = await administrator("cloudtrail", "LookupEvents", byName("look-later"));
      await lab.advance(15 * 60_000);
      const after = await administrator("cloudtrail", "LookupEvents", byName("look-later"));

      expect(before).toEqual({ Events: [] });
      expect(after["Events"]).toHaveLength(1);
    } finally {
      lab.settings.change({ lookupDelayMs: 0 });
    }
  });
});
