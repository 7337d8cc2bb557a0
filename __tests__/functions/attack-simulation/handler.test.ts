import { AttachUserPolicyCommand, CreateUserCommand, IAMClient } from "@aws-sdk/client-iam";
import type { Context } from "aws-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { handler } from "../../../functions/attack-simulation/handler";
import { SIMULATION_ENV } from "../../../functions/contract";
import { POLICY_ARN } from "../../support/functions/responder";

const iam = mockClient(IAMClient);
const context = {
  invokedFunctionArn: "arn:aws-cn:lambda:cn-north-1:111122223333:function:attack-simulation",
  getRemainingTimeInMillis: () => 60_000,
} as Context;

beforeEach(() => {
  iam.reset();
  iam.resolves({});
  process.env[SIMULATION_ENV.policyArn] = POLICY_ARN;
});

afterEach(() => {
  delete process.env[SIMULATION_ENV.policyArn];
});

test("simulates in the partition it runs in, under a run id of its own", async () => {
  const answer = await handler({ kind: "create-admin-user" }, context);

  expect(answer).toMatchObject({ runId: expect.stringMatching(/^[0-9a-f]{8}$/) as string, failed: [] });
  expect(iam.commandCalls(CreateUserCommand)[0]?.args[0].input.Path).toMatch(
    /^\/attack-simulation\/[0-9a-f]{8}\/$/,
  );
  expect(iam.commandCalls(AttachUserPolicyCommand)[0]?.args[0].input.PolicyArn).toBe(
    "arn:aws-cn:iam::aws:policy/AdministratorAccess",
  );
});

test("cleans up on request", async () => {
  const answer = await handler({ action: "clean-up" }, context);

  expect(answer).toEqual({ removed: [], failed: [] });
});

test("says what is missing when it was deployed without the policy", async () => {
  delete process.env[SIMULATION_ENV.policyArn];

  await expect(handler({ action: "clean-up" }, context)).rejects.toThrow(
    "QUARANTINE_POLICY_ARN: expected the ARN",
  );
});

test("refuses a bad request before any call", async () => {
  await expect(handler({ kind: "nothing" }, context)).rejects.toThrow(
    "The request of attack-simulation is wrong",
  );

  expect(iam.calls()).toHaveLength(0);
});
