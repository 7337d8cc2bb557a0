import { GetAccountAuthorizationDetailsCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { EXIT } from "../../../cli/exit-codes";
import { TAG_KEYS } from "../../../functions/contract";
import { runCommand } from "../../support/cli/shell";
import { SAMPLE_YAML } from "../../support/stacks/sample";

const iam = mockClient(IAMClient);
const lambda = mockClient(LambdaClient);
beforeEach(() => {
  lambda.reset();
  lambda.on(GetFunctionConfigurationCommand).resolves({});
  iam.reset();
  iam.on(GetAccountAuthorizationDetailsCommand).resolves({
    UserDetailList: [
      {
        UserName: "mallory",
        Arn: "arn:aws:iam::777788889999:user/mallory",
        Tags: [
          { Key: TAG_KEYS.status, Value: "RELEASED" },
          { Key: TAG_KEYS.releasedBy, Value: "alice" },
        ],
      },
    ],
  });
});
const ACCOUNT = ["--account", "payments"];

test("accounts are chosen by name, id or glob; the security account is no target", async () => {
  const { exitCode, stdout } = await runCommand(SAMPLE_YAML, ["status", "--account", "pay*", "--json"]);

  expect(JSON.parse(stdout)).toMatchObject({
    accounts: 1,
    users: [{ account: "payments", userName: "mallory", status: "RELEASED", released: { by: "alice" } }],
  });
  expect(exitCode).toBe(EXIT.done);
});

test("an account that says what is not its own is named, and the others are shown", async () => {
  const { exitCode, stdout } = await runCommand(SAMPLE_YAML, ["status"]);

  expect(stdout).toContain("released by alice");
  expect(stdout).toMatch(/sandbox could not be read: .*a user of another account/);
  expect(stdout).toContain("1 account read, 1 user, none with a gap, 3 accounts not read");
  expect(exitCode).toBe(EXIT.failed);
});

test("CSV", async () => {
  const { stdout } = await runCommand(SAMPLE_YAML, ["status", ...ACCOUNT, "--csv"]);

  expect(stdout).toMatch(/^account,accountId,user,.*\npayments,777788889999,mallory,RELEASED,/);
});

test("--role takes the place of the deployment role", async () => {
  iam.rejects(new Error("refused"));

  const { stdout } = await runCommand(SAMPLE_YAML, ["status", ...ACCOUNT, "--role", "audit/Read"]);

  expect(stdout).toContain("could not be listed as arn:aws:iam::777788889999:role/audit/Read");
});

test.each<[string[], string]>([
  [["--account", "security"], "matches no account"],
  [["--account", "nobody"], "matches no account"],
  [["--json", "--csv"], "cannot be used with"],
  [["--concurrency", "0"], "whole number from 1"],
  [["--role", "${x}"], "Expected the name of an IAM role"],
])("status %j is refused, and nothing is asked", async (args, message) => {
  const { exitCode, stderr } = await runCommand(SAMPLE_YAML, ["status", ...args]);

  expect(stderr).toContain(message);
  expect(exitCode).toBe(EXIT.usage);
  expect(iam.calls()).toEqual([]);
});
