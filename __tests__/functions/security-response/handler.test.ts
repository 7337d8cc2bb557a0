import { AttachUserPolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import type { Context } from "aws-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { RESPONDER_ENV } from "../../../functions/contract";
import { handler } from "../../../functions/security-response/handler";
import { POLICY_ARN, SETTINGS } from "../../support/functions/responder";
import { loadFixture } from "../../support/load-fixture";

const SAVED = { ...process.env };
const iam = mockClient(IAMClient);
const sns = mockClient(SNSClient);
let lines: string[];

const context = { awsRequestId: "request-1", getRemainingTimeInMillis: () => 60_000 } as Context;

beforeEach(() => {
  iam.reset();
  sns.reset();
  lines = [];
  jest.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  Object.assign(process.env, {
    [RESPONDER_ENV.mode]: "enforce",
    [RESPONDER_ENV.policyArn]: POLICY_ARN,
    [RESPONDER_ENV.topicArn]: SETTINGS.topicArn,
    [RESPONDER_ENV.accountId]: SETTINGS.accountId,
    [RESPONDER_ENV.version]: SETTINGS.version,
  });
});

afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...SAVED };
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
