import { AttachUserPolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import type { Context } from "aws-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { creationEvent } from "../../../bench/function/creation-event";
import { RESPONDER_ENV } from "../../../functions/contract";
import { handler } from "../../../functions/security-response/handler";
import { POLICY_ARN, SETTINGS } from "../../support/functions/responder";
import { loadFixture } from "../../support/load-fixture";
import { startStub, type TestStub } from "../../support/packaged/packaged";

const SAVED = { ...process.env };
const iam = mockClient(IAMClient);
const sns = mockClient(SNSClient);
let aws: TestStub;
let lines: string[];

const context = { awsRequestId: "request-1", getRemainingTimeInMillis: () => 60_000 } as Context;

beforeEach(async () => {
  aws = await startStub();
  iam.reset();
  sns.reset();
  lines = [];
  jest.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  Object.assign(process.env, {
    [RESPONDER_ENV.mode]: "enforce",
    [RESPONDER_ENV.policyArn]: POLICY_ARN,
    [RESPONDER_ENV.topicArn]: SETTINGS.topicArn,
    [RESPONDER_ENV.accountId]: SETTINGS.accountId,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${aws.port}`,
    AWS_ACCESS_KEY_ID: "ASIAIOSFODNN7EXAMPLE",
    AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  });
});

afterEach(async () => {
  jest.restoreAllMocks();
  process.env = { ...SAVED };
  await aws.close();
});

test("attaches without the client in a fresh environment, and with it in a warm one", async () => {
  iam.resolves({ AttachedPolicies: [{ PolicyArn: POLICY_ARN }] });
  sns.resolves({ MessageId: "1" });
  const attaches = () => [aws.arrived.length, iam.commandCalls(AttachUserPolicyCommand).length];

  await handler(creationEvent("mallory"), context);
  const fresh = attaches();
  await handler(creationEvent("mallory"), context);
  const warm = attaches();

  expect([fresh, warm]).toEqual([
    [1, 0],
    [1, 1],
  ]);
});

test("answers an event from what the environment says", async () => {
  iam.resolves({ AttachedPolicies: [{ PolicyArn: POLICY_ARN }] });
  sns.resolves({ MessageId: "1" });

  const outcome = await handler(loadFixture("events/by-iam-user"), context);

  expect(outcome).toMatchObject({ status: "QUARANTINED", accountName: "111122223333", alerted: true });
  expect(iam.commandCalls(AttachUserPolicyCommand)[0]?.args[0].input).toEqual({
    UserName: "mallory",
    PolicyArn: POLICY_ARN,
  });
  expect(sns.commandCalls(PublishCommand)[0]?.args[0].input.TopicArn).toBe(SETTINGS.topicArn);
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ requestId: "request-1", user: "mallory" });
});

test("fails, and logs why, when the environment is unusable", async () => {
  delete process.env[RESPONDER_ENV.policyArn];

  const responding = handler(loadFixture("events/by-iam-user"), context);

  await expect(responding).rejects.toThrow("QUARANTINE_POLICY_ARN: expected the ARN of a managed policy");
  expect(iam.calls()).toHaveLength(0);
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ level: "error", requestId: "request-1" });
});
