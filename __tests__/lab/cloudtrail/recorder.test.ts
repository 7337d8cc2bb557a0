import { cloudTrailRecorder } from "../../../lab/cloudtrail/recorder";
import type { BusEvent } from "../../../lab/exchange/bus-event";
import type { AwsResponse, Exchange } from "../../../lab/exchange/messages";
import { errorResponse } from "../../../lab/exchange/responses";
import { AwsError } from "../../../lab/shared/errors";
import expectedRecord from "../../fixtures/lab/create-user-record.json";
import { exchangeOf, ROLE, USER } from "../../support/lab/exchange";

const CREATE_USER_INPUT = { UserName: "mallory", Path: "/team/", Tags: [{ Key: "team", Value: "red" }] };
const USER_XML =
  "<User><Path>/team/</Path><UserName>mallory</UserName><UserId>AIDAIOSFODNN7EXAMPLE</UserId>" +
  "<Arn>arn:aws:iam::444455556666:user/team/mallory</Arn><CreateDate>2026-01-05T13:33:28Z</CreateDate>" +
  "<Tags><member><Key>team</Key><Value>red</Value></member></Tags></User>";

function xml(action: string, result: string): AwsResponse {
  const body = `<${action}Response><${action}Result>${result}</${action}Result><ResponseMetadata/></${action}Response>`;
  return { status: 200, headers: {}, body: Buffer.from(body) };
}

async function record(exchange: Exchange, response: AwsResponse): Promise<BusEvent[]> {
  const events: BusEvent[] = [];
  await cloudTrailRecorder((event) => events.push(event))(exchange, response);
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

  test.each([
    ["iam", "GetUser"],
    ["iam", "ListUsers"],
    ["iam", "SimulatePrincipalPolicy"],
    ["iam", "GenerateCredentialReport"],
    ["sns", "Publish"],
  ])("does not record %s:%s", async (service, action) => {
    const exchange = exchangeOf({ service, action }, USER);

    const events = await record(exchange, xml(action, ""));

    expect(events).toEqual([]);
  });
});
