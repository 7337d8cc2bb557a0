import { execFileSync } from "node:child_process";
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateUserCommand,
  GetUserCommand,
  IAMClient,
  PutUserPermissionsBoundaryCommand,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { zipSync } from "fflate";
import { startLab, type Lab } from "../../lab/lab";
import { LAB_ORGANIZATION } from "../../lab/organization/accounts";
import { eventually } from "../support/eventually";
import { labApi, type LabApi } from "../support/lab/api";

const REGION = "us-east-1";
const MEMBER = "444455556666";
const SECURITY = "111122223333";
const OUTSIDER = "777788889999";
const CENTRAL_BUS = `arn:aws:events:${REGION}:${SECURITY}:event-bus/security-events`;
const FUNCTION_ARN = `arn:aws:lambda:${REGION}:${MEMBER}:function:security-response`;
const QUEUE_ARN = `arn:aws:sqs:${REGION}:${MEMBER}:dead-letters`;
const ROLE_ARN = `arn:aws:iam::${MEMBER}:role/responder`;
const TOPIC_ARN = `arn:aws:sns:${REGION}:${SECURITY}:security-alerts`;
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

const HANDLER = `exports.handler = async (event, context) => {
  const user = event.detail.requestParameters.userName;
  console.log("handling " + user + " in " + context.awsRequestId);
  if (user.startsWith("fail")) throw new Error("cannot contain " + user);
  return { user, mode: process.env.MODE };
};`;

const CREATE_USER_PATTERN = {
  source: ["aws.iam"],
  "detail-type": ["AWS API Call via CloudTrail"],
  detail: { eventSource: ["iam.amazonaws.com"], eventName: ["CreateUser"], errorCode: [{ exists: false }] },
};

let lab: Lab;
let member: LabApi;
let security: LabApi;
let iam: IAMClient;

beforeAll(async () => {
  lab = await startLab({ ...LAB_ORGANIZATION, deliveryRetryDelaysMs: [50], lambdaRetryDelaysMs: [50] });
  member = labApi(lab.endpoint, lab.credentials(MEMBER).accessKeyId);
  security = labApi(lab.endpoint, lab.credentials(SECURITY).accessKeyId);
  iam = new IAMClient({ endpoint: lab.endpoint, region: REGION, credentials: lab.credentials(MEMBER) });
  await deployCentral();
  await deployMember();
});

afterAll(async () => {
  await lab.stop();
});

async function deployCentral(): Promise<void> {
  await security("events", "CreateEventBus", { Name: "security-events" });
  const statement = {
    Sid: "Organization",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${MEMBER}:root` },
    Action: "events:PutEvents",
    Resource: CENTRAL_BUS,
    Condition: { StringEquals: { "aws:PrincipalOrgID": lab.organizationId } },
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await security("events", "PutPermission", { EventBusName: "security-events", Policy });
  await security("sns", "CreateTopic", { Name: "security-alerts" });
  await security("sns", "SetTopicAttributes", {
    TopicArn: TOPIC_ARN,
    AttributeName: "Policy",
    AttributeValue: eventBridgeMay("sns:Publish", TOPIC_ARN),
  });
  await security("logs", "CreateLogGroup", { logGroupName: "/audit" });
  await security("logs", "PutResourcePolicy", {
    policyName: "audit",
    policyDocument: eventBridgeMay(
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      `arn:aws:logs:${REGION}:${SECURITY}:log-group:/audit:*`,
    ),
  });
  await rule(security, "central", { account: [{ prefix: "" }] }, "security-events", [
    { Id: "log", Arn: `arn:aws:logs:${REGION}:${SECURITY}:log-group:/audit` },
    {
      Id: "topic",
      Arn: TOPIC_ARN,
      InputTransformer: {
        InputPathsMap: { user: "$.detail.requestParameters.userName", account: "$.account" },
        InputTemplate: '"<user> was created in <account>"',
      },
    },
  ]);
}

function policy(allowed: object): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...allowed }] });
}

function eventBridgeMay(Action: string | string[], Resource: string): string {
  return policy({ Principal: { Service: "events.amazonaws.com" }, Action, Resource });
}

async function deployMember(): Promise<void> {
  await member("sqs", "CreateQueue", {
    QueueName: "dead-letters",
    Attributes: { Policy: eventBridgeMay("sqs:SendMessage", QUEUE_ARN) },
  });
  const services = ["lambda.amazonaws.com", "events.amazonaws.com"];
  await member("iam", "CreateRole", {
    RoleName: "responder",
    AssumeRolePolicyDocument: policy({ Principal: { Service: services }, Action: "sts:AssumeRole" }),
  });
  await member("iam", "PutRolePolicy", {
    RoleName: "responder",
    PolicyName: "report",
    PolicyDocument: policy({ Action: ["events:PutEvents", "sqs:SendMessage"], Resource: "*" }),
  });
  const zip = zipSync({ "index.js": Buffer.from(HANDLER) });
  await lambda("POST", "/2015-03-31/functions", {
    FunctionName: "security-response",
    Runtime: "nodejs22.x",
    Role: ROLE_ARN,
    Handler: "index.handler",
    Code: { ZipFile: Buffer.from(zip).toString("base64") },
    Environment: { Variables: { MODE: "enforce" } },
    Timeout: 10,
  });
  await lambda("PUT", "/2019-09-25/functions/security-response/event-invoke-config", {
    MaximumRetryAttempts: 2,
    DestinationConfig: {
      OnSuccess: { Destination: `arn:aws:events:${REGION}:${MEMBER}:event-bus/default` },
      OnFailure: { Destination: QUEUE_ARN },
    },
  });
  await rule(member, "create-user", CREATE_USER_PATTERN, "default", [
    { Id: "function", Arn: FUNCTION_ARN },
    { Id: "central", Arn: CENTRAL_BUS, RoleArn: ROLE_ARN },
  ]);
  await lambda("POST", "/2015-03-31/functions/security-response/policy", {
    StatementId: "rule",
    Action: "lambda:InvokeFunction",
    Principal: "events.amazonaws.com",
    SourceArn: `arn:aws:events:${REGION}:${MEMBER}:rule/create-user`,
  });
}

async function lambda(method: string, path: string, params: Record<string, unknown>): Promise<void> {
  await member("lambda", "", params, { method, path });
}

async function rule(api: LabApi, Name: string, pattern: object, EventBusName: string, Targets: object[]) {
  await api("events", "PutRule", { Name, EventBusName, EventPattern: JSON.stringify(pattern) });
  await api("events", "PutTargets", { Rule: Name, EventBusName, Targets });
}

interface SqsMessage {
  readonly Body: string;
  readonly MessageAttributes?: Record<string, { StringValue: string }>;
}

async function receive(matching: RegExp): Promise<SqsMessage> {
  const QueueUrl = `${lab.endpoint}/${MEMBER}/dead-letters`;
  const options = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0, MessageAttributeNames: ["All"] };
  return eventually(`a message like ${matching.source}`, async () => {
    const { Messages } = (await member("sqs", "ReceiveMessage", options)) as { Messages?: SqsMessage[] };
    return Messages?.find(({ Body }) => matching.test(Body));
  });
}

function outcomeOf(userName: string) {
  return lab.events(MEMBER).find(({ event }) => {
    const detail = event.detail as { responsePayload?: { user?: string } };
    return event.source === "lambda" && detail.responsePayload?.user === userName;
  });
}

test("a creation leads to an invocation, and its result to the default bus", async () => {
  await iam.send(new CreateUserCommand({ UserName: "mallory" }));

  const outcome = await eventually("the outcome", () => outcomeOf("mallory"));

  expect(outcome.event).toMatchObject({
    "detail-type": "Lambda Function Invocation Result - Success",
    account: MEMBER,
    detail: {
      requestContext: { condition: "Success" },
      responsePayload: { user: "mallory", mode: "enforce" },
    },
  });
  expect(lab.functionLogs(FUNCTION_ARN).map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/^handling mallory in /),
  );
});

test("a refused creation is an event with an error code, and leads to nothing", async () => {
  await iam.send(new CreateUserCommand({ UserName: "twice" }));
  await expect(iam.send(new CreateUserCommand({ UserName: "twice" }))).rejects.toMatchObject({
    name: "EntityAlreadyExistsException",
  });

  const refused = await eventually("the event of the refusal", () =>
    lab.events(MEMBER).find(({ event }) => {
      const detail = event.detail as { errorCode?: string; requestParameters?: { userName?: string } | null };
      return detail.errorCode !== undefined && detail.requestParameters?.userName === "twice";
    }),
  );

  expect(refused.event.detail).toMatchObject({
    errorCode: "EntityAlreadyExistsException",
    responseElements: null,
  });
  expect(refused.matchedRules).toEqual([]);
});

test("a creation reaches the security account's bus, its log and its topic", async () => {
  await iam.send(new CreateUserCommand({ UserName: "forwarded" }));

  const alert = await eventually("the central alert", () =>
    lab.inbox(SECURITY).find(({ message }) => message.includes("forwarded")),
  );
  const logged = await eventually("the line in the audit log", async () => {
    const { events } = await security("logs", "FilterLogEvents", { logGroupName: "/audit" });
    return (events as { message: string }[]).find((line) => line.message.includes('"forwarded"'));
  });

  expect(alert.message).toBe(`"forwarded was created in ${MEMBER}"`);
  expect(JSON.parse(logged.message)).toMatchObject({
    source: "aws.iam",
    account: MEMBER,
    detail: { eventName: "CreateUser" },
  });
});

test("a response that fails for good ends in the queue, with its event and its error", async () => {
  await iam.send(new CreateUserCommand({ UserName: "fail-always" }));

  const { Body } = await receive(/cannot contain fail-always/);

  expect(JSON.parse(Body)).toMatchObject({
    requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 3 },
    requestPayload: { detail: { requestParameters: { userName: "fail-always" } } },
    responseContext: { functionError: "Unhandled" },
    responsePayload: { errorType: "Error", errorMessage: "cannot contain fail-always" },
  });
  const attempts = lab.functionLogs(FUNCTION_ARN).filter(({ message }) => message.includes("fail-always"));
  expect(new Set(attempts.map(({ requestId }) => requestId)).size).toBe(1);
  expect(attempts).toHaveLength(3);
});

test("a function that does not let the rule in is not invoked, and the event is kept", async () => {
  const pattern = { source: ["aws.iam"], detail: { requestParameters: { userName: ["kept-out"] } } };
  await rule(member, "stranger", pattern, "default", [
    { Id: "function", Arn: FUNCTION_ARN, DeadLetterConfig: { Arn: QUEUE_ARN } },
  ]);
  await iam.send(new CreateUserCommand({ UserName: "kept-out" }));

  const { MessageAttributes } = await receive(/"eventName":"CreateUser".*"kept-out"/);

  expect(MessageAttributes).toMatchObject({
    RULE_ARN: { StringValue: `arn:aws:events:${REGION}:${MEMBER}:rule/stranger` },
    TARGET_ARN: { StringValue: FUNCTION_ARN },
    ERROR_CODE: { StringValue: "NO_PERMISSIONS" },
  });
});

test("an account that the bus does not let in cannot put events on it", async () => {
  const outsider = labApi(lab.endpoint, lab.credentials(OUTSIDER).accessKeyId);
  const entry = { Source: "my.app", DetailType: "x", Detail: "{}", EventBusName: CENTRAL_BUS };

  const put = outsider("events", "PutEvents", { Entries: [entry] });

  await expect(put).rejects.toMatchObject({ code: "AccessDeniedException" });
});

test("a rule whose pattern could not be matched is refused", async () => {
  const EventPattern = JSON.stringify({ source: [{ regex: ".*" }] });

  const put = member("events", "PutRule", { Name: "odd", EventPattern });

  await expect(put).rejects.toMatchObject({ code: "InvalidEventPatternException" });
});

test("a published message is in the inbox", async () => {
  const credentials = lab.credentials(MEMBER);
  const sns = new SNSClient({ endpoint: lab.endpoint, region: REGION, credentials });
  const { TopicArn } = await member("sns", "CreateTopic", { Name: "security-alerts" });
  const texts = { default: "short", email: "a longer text" };
  await sns.send(
    new PublishCommand({
      TopicArn: String(TopicArn),
      Subject: "Contained",
      MessageStructure: "json",
      Message: JSON.stringify(texts),
    }),
  );

  const answer = await fetch(`${lab.endpoint}/_lab/inbox?account=${MEMBER}`);

  expect(await answer.json()).toContainEqual(
    expect.objectContaining({ subject: "Contained", message: "short", messageByProtocol: texts }),
  );
});

test("a user's key works until it is set inactive, and an unknown key never", async () => {
  await iam.send(new CreateUserCommand({ UserName: "keyholder" }));
  await iam.send(new AttachUserPolicyCommand({ UserName: "keyholder", PolicyArn: ADMINISTRATOR }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "keyholder" }));
  const id = AccessKey?.AccessKeyId ?? "";
  const whoami = (key: string) => labApi(lab.endpoint, key)("sts", "GetCallerIdentity", {});

  const before = await whoami(id);
  await iam.send(new UpdateAccessKeyCommand({ UserName: "keyholder", AccessKeyId: id, Status: "Inactive" }));

  expect(before).toMatchObject({ Arn: `arn:aws:iam::${MEMBER}:user/keyholder`, Account: MEMBER });
  await expect(whoami(id)).rejects.toMatchObject({ code: "InvalidClientTokenId", status: 403 });
  await expect(whoami("AKIAIOSFODNN7EXAMPLE")).rejects.toMatchObject({ code: "InvalidClientTokenId" });
});

test("a role that does not exist cannot be assumed", async () => {
  const management = labApi(lab.endpoint, lab.credentials("123456789012").accessKeyId);
  const assume = (role: string) =>
    management("sts", "AssumeRole", {
      RoleArn: `arn:aws:iam::${MEMBER}:role/${role}`,
      RoleSessionName: "test",
    });

  const { AssumedRoleUser } = await assume("OrganizationAccountAccessRole");

  expect(AssumedRoleUser).toMatchObject({
    Arn: `arn:aws:sts::${MEMBER}:assumed-role/OrganizationAccountAccessRole/test`,
  });
  await expect(assume("Nobody")).rejects.toMatchObject({ code: "AccessDenied", status: 403 });
});

test("a user's permissions boundary can be set and read", async () => {
  await iam.send(new CreateUserCommand({ UserName: "bounded" }));
  await iam.send(
    new PutUserPermissionsBoundaryCommand({ UserName: "bounded", PermissionsBoundary: ADMINISTRATOR }),
  );

  const { User } = await iam.send(new GetUserCommand({ UserName: "bounded" }));

  expect(User?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(ADMINISTRATOR);
});

test("a start that fails half-way leaves no process behind", async () => {
  const before = children();
  const port = Number(new URL(lab.endpoint).port);

  const failed = startLab({ ...LAB_ORGANIZATION, port });

  await expect(failed).rejects.toThrow(/port \d+ of 127\.0\.0\.1: it is in use/);
  await eventually("the end of what was started", () => children().length === before.length || undefined);
  expect(children()).toEqual(before);
});

test("stopping leaves no process behind", async () => {
  const own = await startLab(LAB_ORGANIZATION);
  const started = children();

  await own.stop();

  // A process that was killed is listed until the system has removed it.
  await eventually("the end of its processes", () => children().length < started.length || undefined);
  await lab.stop();
  await eventually("the end of every process", () => children().length === 0 || undefined);
  expect(children()).toEqual([]);
});

/** Processes of moto and of functions that this process started. */
function children(): string[] {
  const lines = execFileSync("ps", ["-A", "-o", "ppid=,pid=,args="]).toString().split("\n");
  return lines.filter(
    (line) => line.trim().startsWith(`${process.pid} `) && /moto\/server\.py|worker\.mjs/.test(line),
  );
}
