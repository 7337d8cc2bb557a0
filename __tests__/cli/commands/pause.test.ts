import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { mockClient } from "aws-sdk-client-mock";
import { EXIT } from "../../../cli/exit-codes";
import { AwsStub } from "../../support/cli/aws-stub";
import { runCommand } from "../../support/cli/shell";
import { SAMPLE_YAML } from "../../support/stacks/sample";

/** The SDK is loaded, and an account is looked at again after half a second. */
jest.setTimeout(30_000);

const YAML = `${SAMPLE_YAML}guard:\n  breakGlassRoles: [security/BreakGlass, Second]\n`;
const ALICE = "arn:aws:sts::999988887777:assumed-role/Operators/alice@example.com";
const VARIABLES = { QUARANTINE_MODE: "enforce", QUARANTINE_PAUSE: "none" };

/** Where roles are assumed, by a client of the SDK's own. */
const aws = new AwsStub();
aws.install();
const sts = mockClient(STSClient);
const lambda = mockClient(LambdaClient);
let variables: Record<string, string>;
let description: string | undefined;
/** The update of Lambda counts at once. */
function update({ Environment, Description }: UpdateFunctionConfigurationCommand["input"]): object {
  [variables, description] = [Environment?.Variables ?? {}, Description];
  return {};
}
beforeEach(() => {
  [variables, description] = [{ ...VARIABLES }, "as deployed"];
  sts.reset();
  sts.on(GetCallerIdentityCommand).resolves({ Arn: ALICE });
  lambda.reset();
  lambda.on(GetFunctionConfigurationCommand).callsFake(() => ({
    ...{ RevisionId: "r", Description: description, LastUpdateStatus: "Successful" },
    Environment: { Variables: variables },
  }));
  lambda.on(UpdateFunctionConfigurationCommand).callsFake(update);
});

const BASE = ["pause", "--yes", "--reason", "INC-12", "--account", "payments"];
const APPROVED = [...BASE, "--approved-by", "bob"];
const PAUSE = [...APPROVED, "--for", "2h"];

test.each<[string, string[], string]>([
  ["without an end", APPROVED, "--for <time>"],
  ["without an approver", [...BASE, "--for", "2h"], "--approved-by <who>"],
  ["for longer than a day", [...APPROVED, "--for", "25h"], "Expected from 1m to 24h"],
  ["for no time", [...APPROVED, "--for", "0h"], "Expected from 1m to 24h"],
  ["until a date", [...APPROVED, "--for", "2026-12-24"], "Expected a time such as 90s, 5m or 1h"],
  ["with a reason that says nothing", [...PAUSE, "--reason", " . "], "with a letter or digit"],
  [
    "approved by its operator",
    [...PAUSE, "--approved-by", "Alice@Example.com"],
    "expected somebody else than the operator (alice@example.com, as",
  ],
  ["as a role that is no break-glass role", [...PAUSE, "--role", "Admin"], "security/BreakGlass, Second"],
  ["of an account that is not there", [...PAUSE, "--account", "paymens"], "did you mean payments?"],
  ["of the security account", [...PAUSE, "--account", "security"], "--account security: matches no account"],
  [
    "that nobody can be asked about",
    PAUSE.filter((each) => each !== "--yes"),
    "pause asks before it changes anything, but there is no terminal to ask on: add --yes",
  ],
])("a pause %s is refused, and nothing is changed", async (_, args, message) => {
  const { exitCode, stderr } = await runCommand(YAML, args);

  expect(stderr).toContain(message);
  expect(exitCode).toBe(EXIT.usage);
  expect(lambda.calls()).toEqual([]);
});

test.each([
  ["pause", PAUSE],
  ["resume", ["resume", "--yes"]],
])("without a break-glass role, %s says what to configure", async (_, args) => {
  const { exitCode, stderr } = await runCommand(SAMPLE_YAML, args);

  expect(stderr).toContain("guard.breakGlassRoles: expected at least one role");
  expect(exitCode).toBe(EXIT.configuration);
});

test("a pause is set by the break-glass role of the account, with the operator as its source identity", async () => {
  const { exitCode, stdout, stderr } = await runCommand(YAML, PAUSE);

  expect(stderr).toMatch(
    /As security\/BreakGlass in 1 account, for alice@example.com: PAUSED until .+Z by alice@example.com, approved by bob: INC-12/,
  );
  expect(stdout).toMatch(
    /^1 account paused until .+Z: nobody new is denied there: payments \(777788889999\)$/m,
  );
  expect(exitCode).toBe(EXIT.done);
  expect(variables["QUARANTINE_PAUSE"]).toMatch(/^until .+Z by alice@example.com$/);
  const assumed = aws.asked.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
  expect(assumed).toMatchObject([
    {
      Action: "AssumeRole",
      RoleArn: "arn:aws:iam::777788889999:role/security/BreakGlass",
      RoleSessionName: "alice@example.com",
      SourceIdentity: "alice@example.com",
    },
  ]);
});

test.each([
  [0, true],
  [15, false],
])(
  "with a sweep every %d minutes, the operator is warned that nobody looks afterwards: %s",
  async (minutes, isWarned) => {
    const { stderr } = await runCommand(`${YAML}sweep: { everyMinutes: ${minutes} }\n`, PAUSE);

    expect(stderr.includes("nobody answers the users of the pause")).toBe(isWarned);
  },
);

test("a resume needs no approver, and ends the pause", async () => {
  await runCommand(YAML, PAUSE);

  const { exitCode, stdout } = await runCommand(YAML, ["resume", "--yes", "-a", "payments", "--json"]);

  expect(JSON.parse(stdout)).toEqual({
    accounts: [{ id: "777788889999", name: "payments", kind: "done" }],
  });
  expect(variables).toEqual(VARIABLES);
  expect(exitCode).toBe(EXIT.done);
});

test("one account that fails is named with the reason, and stops no other", async () => {
  const denied = Object.assign(new Error("not authorized"), { name: "AccessDeniedException" });
  lambda.on(UpdateFunctionConfigurationCommand).rejectsOnce(denied).callsFake(update);
  const all = PAUSE.filter((each) => each !== "--account" && each !== "payments");

  const { exitCode, stdout } = await runCommand(YAML, [...all, "--concurrency", "1"]);

  expect(stdout).toMatch(/^FAILED sandbox \(444455556666\): AccessDenied: not authorized$/m);
  expect(stdout).toContain("1 account FAILED: run the command again for them");
  expect(exitCode).toBe(EXIT.failed);
});
