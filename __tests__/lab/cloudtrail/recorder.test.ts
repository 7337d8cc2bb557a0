import { cloudTrailRecorder } from "../../../lab/cloudtrail/recorder";
import type { BusEvent } from "../../../lab/exchange/bus-event";
import type { AwsResponse, Exchange } from "../../../lab/exchange/messages";
import { errorResponse, jsonResponse } from "../../../lab/exchange/responses";
import { AwsError } from "../../../lab/shared/errors";
import expectedRecord from "../../fixtures/lab/create-user-record.json";
import { ACCOUNT, exchangeOf, ROLE, USER } from "../../support/lab/exchange";

const CREATE_USER_INPUT = { UserName: "mallory", Path: "/team/", Tags: [{ Key: "team", Value: "red" }] };
const USER_XML =
  "<User><Path>/team/</Path><UserName>mallory</UserName><UserId>AIDAIOSFODNN7EXAMPLE</UserId>" +
  "<Arn>arn:aws:iam::444455556666:user/team/mallory</Arn><CreateDate>2026-01-05T13:33:28Z</CreateDate>" +
  "<Tags><member><Key>team</Key><Value>red</Value></member></Tags></User>";

function xml(action: string, result: string): AwsResponse {
  const body = `<${action}Response><${action}Result>${result}</${action}Result><ResponseMetadata/></${action}Response>`;
  return { status: 200, headers: {}, body: Buffer.from(body) };
}

const json = (body: object): AwsResponse => jsonResponse(body);
const rest = (path: string) => ({ rest: { method: "POST", path } });

async function record(exchange: Exchange, response: AwsResponse): Promise<BusEvent[]> {
  const events: BusEvent[] = [];
  const keep = (event: BusEvent) => Promise.resolve(void events.push(event));
  await cloudTrailRecorder(keep)(exchange, response);
  return events;
}

function detailOf([event]: BusEvent[]): Record<string, unknown> {
  expect(event).toBeDefined();
  return event?.detail as Record<string, unknown>;
}

describe("cloudTrailRecorder", () => {
  test("records a creation in CloudTrail's format", async () => {
    const exchange = exchangeOf({ service: "iam", action: "CreateUser", params: CREATE_USER_INPUT });

    const events = await record(exchange, xml("CreateUser", USER_XML));

    const detail = detailOf(events);
    expect({ ...detail, eventID: expectedRecord.eventID }).toEqual(expectedRecord);
    expect(detail["eventID"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(events[0]).toMatchObject({
      version: "0",
      source: "aws.iam",
      "detail-type": "AWS API Call via CloudTrail",
      account: "444455556666",
      region: "us-east-1",
      time: "2026-01-05T08:00:00Z",
      resources: [],
    });
  });

  test("names the role and the session of a session's call", async () => {
    const exchange = exchangeOf({ service: "iam", action: "CreateUser", params: CREATE_USER_INPUT }, ROLE);

    const events = await record(exchange, xml("CreateUser", USER_XML));

    expect(detailOf(events)["userIdentity"]).toEqual({
      type: "AssumedRole",
      principalId: "AROADBQP57FF2AEXAMPLE:session",
      arn: "arn:aws:sts::444455556666:assumed-role/deployer/session",
      accountId: "444455556666",
      accessKeyId: "ASIAIOSFODNN7EXAMPLE",
      sessionContext: {
        sessionIssuer: {
          type: "Role",
          principalId: "AROADBQP57FF2AEXAMPLE",
          arn: "arn:aws:iam::444455556666:role/ci/deployer",
          accountId: "444455556666",
          userName: "deployer",
        },
        attributes: { creationDate: "2026-01-05T07:55:00Z", mfaAuthenticated: "false" },
      },
    });
  });

  test("leaves out the input of a call that the caller has no permission for", async () => {
    const exchange = exchangeOf({ service: "iam", action: "CreateUser", params: CREATE_USER_INPUT });
    const refused = errorResponse(exchange.request, new AwsError("AccessDenied", "not authorized", 403));

    const events = await record(exchange, refused);

    expect(detailOf(events)).toMatchObject({
      errorCode: "AccessDenied",
      errorMessage: "not authorized",
      requestParameters: null,
      responseElements: null,
    });
  });

  test("keeps the input of a call that IAM itself refuses, with CloudTrail's error code", async () => {
    const exchange = exchangeOf({ service: "iam", action: "CreateUser", params: { UserName: "mallory" } });
    const refused = errorResponse(exchange.request, new AwsError("EntityAlreadyExists", "exists", 409));

    const events = await record(exchange, refused);

    expect(detailOf(events)).toMatchObject({
      errorCode: "EntityAlreadyExistsException",
      requestParameters: { userName: "mallory" },
      responseElements: null,
    });
  });

  test("has no error fields on a success", async () => {
    const exchange = exchangeOf({ service: "iam", action: "CreateUser", params: CREATE_USER_INPUT });

    const events = await record(exchange, xml("CreateUser", USER_XML));

    expect(Object.keys(detailOf(events))).not.toContain("errorCode");
  });

  test("never records a secret access key", async () => {
    const exchange = exchangeOf({
      service: "iam",
      action: "CreateAccessKey",
      params: { UserName: "mallory" },
    });
    const key =
      "<AccessKey><UserName>mallory</UserName><AccessKeyId>AKIAIOSFODNN7EXAMPLE</AccessKeyId><Status>Active</Status>" +
      "<SecretAccessKey>not-for-the-record</SecretAccessKey></AccessKey>";

    const events = await record(exchange, xml("CreateAccessKey", key));

    expect(detailOf(events)["responseElements"]).toEqual({
      accessKey: { userName: "mallory", accessKeyId: "AKIAIOSFODNN7EXAMPLE", status: "Active" },
    });
    expect(JSON.stringify(events)).not.toContain("not-for-the-record");
  });

  test("never records a password", async () => {
    const params = { UserName: "mallory", Password: "not-for-the-record", PasswordResetRequired: "false" };
    const exchange = exchangeOf({ service: "iam", action: "CreateLoginProfile", params });
    const profile = "<LoginProfile><UserName>mallory</UserName></LoginProfile>";

    const events = await record(exchange, xml("CreateLoginProfile", profile));

    const expected = { userName: "mallory", passwordResetRequired: false };
    expect(detailOf(events)["requestParameters"]).toEqual(expected);
    expect(JSON.stringify(events)).not.toContain("not-for-the-record");
  });

  test("records null for a call without output", async () => {
    const params = { UserName: "mallory", PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" };
    const exchange = exchangeOf({ service: "iam", action: "AttachUserPolicy", params });
    const response = { status: 200, headers: {}, body: Buffer.from("<AttachUserPolicyResponse/>") };

    const events = await record(exchange, response);

    expect(detailOf(events)).toMatchObject({
      requestParameters: { userName: "mallory", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
      responseElements: null,
    });
  });

  test("says in the userIdentity that a service made the call, and nothing of a client", async () => {
    const service = "events.amazonaws.com";
    const sourceArn = `arn:aws:events:us-east-1:${ACCOUNT}:rule/r`;
    const caller = { type: "AWSService", accountId: ACCOUNT, service, sourceArn } as const;

    const events = await record(exchangeOf({ service: "sqs", action: "TagQueue" }, caller), json({}));

    expect(detailOf(events)).toMatchObject({
      userIdentity: { type: "AWSService", invokedBy: service },
      sourceIPAddress: service,
      userAgent: service,
    });
  });

  test.each([
    ["lambda", "CreateFunction", "CreateFunction20150331", {}],
    ["lambda", "UpdateFunctionCode", "UpdateFunctionCode20150331v2", {}],
    ["lambda", "UpdateFunctionConfiguration", "UpdateFunctionConfiguration20150331v2", {}],
    ["lambda", "DeleteFunction", "DeleteFunction20150331", {}],
    ["lambda", "PutFunctionConcurrency", "PutFunctionConcurrency20171031", {}],
    ["lambda", "AddPermission", "AddPermission20150331v2", {}],
    ["lambda", "PutFunctionEventInvokeConfig", "PutFunctionEventInvokeConfig", {}],
    ["events", "PutRule", "PutRule", {}],
    ["sns", "SetTopicAttributes", "SetTopicAttributes", {}],
    ["sqs", "PurgeQueue", "PurgeQueue", {}],
    ["kms", "ScheduleKeyDeletion", "ScheduleKeyDeletion", {}],
    ["monitoring", "PutMetricAlarm", "PutMetricAlarm", {}],
    ["logs", "DeleteLogGroup", "DeleteLogGroup", {}],
    ["organizations", "DetachPolicy", "DetachPolicy", { region: "us-east-1" }],
    ["iam", "CreateUser", "CreateUser", { region: "us-east-1" }],
  ])("records %s:%s as %s, in the Region where it appears", async (service, action, eventName, expected) => {
    const path = service === "lambda" ? rest("/") : {};
    const exchange = exchangeOf({ service, action, region: "eu-central-1", ...path });
    const refused = errorResponse(exchange.request, new AwsError("NoSuchThing", "none", 404));

    const events = await record(exchange, refused);

    const region = { region: "eu-central-1", ...expected }.region;
    expect(events).toMatchObject([{ source: `aws.${service}`, region }]);
    expect(detailOf(events)).toMatchObject({
      eventSource: `${service}.amazonaws.com`,
      eventName,
      awsRegion: region,
      errorCode: "NoSuchThing",
      readOnly: false,
    });
  });

  test("leaves the code and the environment of a function out", async () => {
    const FunctionName = "security-response";
    const Environment = { Variables: { TOKEN: "not-for-the-record" } };
    const params = { FunctionName, Timeout: 30, Environment, Code: { ZipFile: "not-for-the-record" } };
    const exchange = exchangeOf({
      service: "lambda",
      action: "CreateFunction",
      ...rest("/functions"),
      params,
    });

    const events = await record(exchange, json({ FunctionName, Environment }));

    expect(detailOf(events)).toMatchObject({
      requestParameters: { functionName: FunctionName, timeout: 30, code: {} },
      responseElements: { functionName: FunctionName },
    });
    expect(JSON.stringify(events)).not.toContain("not-for-the-record");
  });

  test("leaves the code of an update out", async () => {
    const params = { FunctionName: "f", ZipFile: "not-for-the-record" };
    const exchange = exchangeOf({ service: "lambda", action: "UpdateFunctionCode", ...rest("/f"), params });

    const events = await record(exchange, json({ FunctionName: "f" }));

    expect(detailOf(events)["requestParameters"]).toEqual({ functionName: "f" });
  });

  test("keeps the names of attributes and tags, which are not the API's", async () => {
    const Attributes = { VisibilityTimeout: "30" };
    const params = { QueueName: "q", Attributes, tags: { Team: "red" } };
    const queue = await record(exchangeOf({ service: "sqs", action: "CreateQueue", params }), json({}));
    const attributes = [{ key: "KmsMasterKeyId", value: "alias/k" }];
    const topic = await record(
      exchangeOf({ service: "sns", action: "CreateTopic", params: { Name: "t", Attributes: attributes } }),
      xml("CreateTopic", "<TopicArn>arn:t</TopicArn>"),
    );

    expect(detailOf(queue)["requestParameters"]).toEqual({
      queueName: "q",
      attributes: Attributes,
      tags: { Team: "red" },
    });
    expect(detailOf(topic)).toMatchObject({
      requestParameters: { name: "t", attributes: { KmsMasterKeyId: "alias/k" } },
      responseElements: { topicArn: "arn:t" },
    });
  });

  test.each([
    ["lambda", "DeleteFunction", "AccessDeniedException"],
    ["sns", "DeleteTopic", "AuthorizationError"],
    ["events", "DeleteRule", "AccessDeniedException"],
  ])("calls a refusal of %s:%s AccessDenied, whatever the client got", async (service, action, code) => {
    const path = service === "lambda" ? rest("/") : {};
    const exchange = exchangeOf({ service, action, ...path, params: { Name: "x" } });
    const message =
      "... with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o/p";
    const refused = errorResponse(exchange.request, new AwsError(code, message, 403));

    const events = await record(exchange, refused);

    expect(detailOf(events)).toMatchObject({
      errorCode: "AccessDenied",
      errorMessage: message,
      requestParameters: null,
      responseElements: null,
    });
  });

  test("does not record the stream of a delivery, which a rule for every event would deliver again", async () => {
    const service = "events.amazonaws.com";
    const caller = { type: "AWSService", accountId: ACCOUNT, service, sourceArn: "" } as const;
    const call = { service: "logs", action: "CreateLogStream", params: { logGroupName: "g" } };

    expect(await record(exchangeOf(call, caller), json({}))).toEqual([]);
    expect(await record(exchangeOf(call, USER), json({}))).toHaveLength(1);
  });

  test.each([
    ["iam", "GetUser"],
    ["iam", "ListUsers"],
    ["iam", "SimulatePrincipalPolicy"],
    ["iam", "GenerateCredentialReport"],
    ["sns", "Publish"],
    ["sns", "PublishBatch"],
    ["sqs", "SendMessage"],
    ["sqs", "SendMessageBatch"],
    ["sqs", "ReceiveMessage"],
    ["sqs", "DeleteMessage"],
    ["sqs", "ChangeMessageVisibility"],
    ["lambda", "Invoke"],
    ["events", "PutEvents"],
    ["events", "TestEventPattern"],
    ["kms", "GenerateDataKey"],
    ["kms", "Decrypt"],
    ["monitoring", "PutMetricData"],
    ["logs", "PutLogEvents"],
    ["logs", "FilterLogEvents"],
    ["organizations", "ListRoots"],
    ["s3", "CreateBucket"],
  ])("does not record %s:%s", async (service, action) => {
    const exchange = exchangeOf({ service, action, ...rest("/") }, USER);

    const events = await record(
      exchange,
      service === "sns" || service === "iam" ? xml(action, "") : json({}),
    );

    expect(events).toEqual([]);
  });
});
