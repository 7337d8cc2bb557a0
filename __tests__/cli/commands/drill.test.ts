import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { EXIT } from "../../../cli/exit-codes";
import { runCommand } from "../../support/cli/shell";
import { drillEnded, drillUserCreated, drillUserQuarantined } from "../../support/functions/drill-events";
import { SAMPLE_YAML } from "../../support/stacks/sample";

const lambda = mockClient(LambdaClient);
const logs = mockClient(CloudWatchLogsClient);
const CREATED_AT = "2026-11-24T17:41:20Z";
const PAYMENTS = { accountId: "777788889999", userName: "drill-1", createdAt: CREATED_AT };
const DRILLING = `${SAMPLE_YAML}drill: { everyHours: 24 }\n`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "drill-"));
  lambda.reset();
  logs.reset();
  logs.on(FilterLogEventsCommand).resolves({ events: [] });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What the function returns, as Lambda hands it over. */
const answers = (changes: Parameters<typeof drillEnded>[0] = {}, fields = PAYMENTS) => {
  const { responsePayload } = drillEnded(changes, fields).detail;
  lambda.on(InvokeCommand).resolves({ Payload: payloadOf(responsePayload) });
};
const payloadOf = (value: unknown) => Buffer.from(JSON.stringify(value)) as never;
const missing = () =>
  lambda.on(InvokeCommand).rejects(Object.assign(new Error("no"), { name: "ResourceNotFoundException" }));
const audited = (...seconds: readonly [event: unknown, after: number][]) =>
  logs.on(FilterLogEventsCommand).resolves({
    events: seconds.map(([event, after]) => ({
      message: JSON.stringify(event),
      ingestionTime: Date.parse(CREATED_AT) + after * 1_000,
    })),
  });

const run = (args: readonly string[], yaml = DRILLING) =>
  runCommand(yaml, ["drill", "--report", path.join(folder, "report.json"), ...args]);

test("shows the seconds of each step, and writes the report", async () => {
  answers();
  audited([drillUserCreated(PAYMENTS), 8], [drillUserQuarantined(PAYMENTS), 12.4]);

  const { exitCode, stdout, stderr } = await run(["--account", "pay*"]);

  expect(stdout).toMatch(/payments .* 777788889999 .* 6\.5 s .* 9\.2 s .* 12\.4 s .* passed/);
  expect(stdout).toContain("1 passed, 0 failed, 0 without a drill");
  expect(stderr).toContain("payments: PASSED");
  expect(exitCode).toBe(EXIT.done);
  expect(lambda.commandCalls(InvokeCommand).map(({ args }) => args[0].input)).toEqual([
    { FunctionName: "quarantine-drill", Payload: '{"audience":"nobody"}' },
  ]);
  expect(JSON.parse(readFileSync(path.join(folder, "report.json"), "utf8"))).toMatchObject({
    command: "drill",
    accounts: [{ account: "payments", result: "passed", secondsToDenied: 9.2, secondsToAudited: 12.4 }],
  });
});

test("people get the responder's mail about it with --mail", async () => {
  answers({ userName: "" });

  await run(["--account", "payments", "--mail"]);

  expect(lambda.commandCalls(InvokeCommand)[0]?.args[0].input.Payload).toBe('{"audience":"people"}');
});

test("a drill that failed is named with its step, and the command ends with 1", async () => {
  answers({
    ...{ status: "FAILED", secondsToDenied: null, userName: "" },
    failed: [{ step: "denied", error: "the key\u001b[31m still worked" }],
  });

  const { exitCode, stdout } = await run(["--account", "payments"]);

  expect(stdout).toMatch(/6\.5 s .* - .* - .* FAILED/);
  expect(stdout).toContain("payments: denied: the key [31m still worked");
  expect(exitCode).toBe(EXIT.failed);
});

test("a drill that was skipped is named with the other drill, and the command ends with 1", async () => {
  const summary = "The drill was SKIPPED: another drill may be running, with the user drill-2.";
  answers({
    ...{ status: "SKIPPED", summary, userName: "" },
    ...{ secondsToContained: null, secondsToDenied: null },
  });

  const { exitCode, stdout } = await run(["--account", "payments"]);

  expect(stdout).toMatch(/ - .* - .* - .* SKIPPED/);
  expect(stdout).toContain(`payments: ${summary}`);
  expect(stdout).toContain("0 passed, 0 failed, 0 without a drill, 1 skipped");
  expect(exitCode).toBe(EXIT.failed);
  expect(JSON.parse(readFileSync(path.join(folder, "report.json"), "utf8"))).toMatchObject({
    accounts: [{ account: "payments", result: "skipped" }],
  });
});

test("without the audit log, the audited seconds are left out and the reason is said once", async () => {
  answers();
  logs.on(FilterLogEventsCommand).rejects(new Error("denied"));

  const { exitCode, stdout, stderr } = await run(["--account", "payments"]);

  expect(stdout).toMatch(/9\.2 s .* - .* passed/);
  expect(stderr).toContain(
    "111122223333: the audit log could not be read as arn:aws:iam::111122223333:role/OrganizationAccountAccessRole",
  );
  expect(exitCode).toBe(EXIT.done);
});

describe("an account without the function", () => {
  test("that should have it fails the command, and is told to be rolled out", async () => {
    missing();

    const { exitCode, stdout } = await run(["--account", "payments"]);

    expect(stdout).toContain("NOT DEPLOYED");
    expect(stdout).toContain(
      "payments: quarantine-drill is not deployed: roll it out: rollout --account payments",
    );
    expect(exitCode).toBe(EXIT.failed);
  });

  test("says how to turn it on, and since nothing was proven the command ends with 1", async () => {
    missing();

    const { exitCode, stdout } = await run([], SAMPLE_YAML);

    expect(stdout).toContain("payments: quarantine-drill is not deployed: set drill.everyHours");
    expect(stdout).toContain(
      "research: quarantine-drill is not deployed: only in the mode enforce, not observe",
    );
    expect(stdout).toContain("0 passed, 0 failed, 4 without a drill");
    expect(exitCode).toBe(EXIT.failed);
  });

  test("that is not to have it does not spoil the others", async () => {
    const { responsePayload } = drillEnded({}, PAYMENTS).detail;
    lambda
      .on(InvokeCommand)
      .resolvesOnce({ Payload: payloadOf(responsePayload) })
      .rejects(Object.assign(new Error("no"), { name: "ResourceNotFoundException" }));
    audited([drillUserCreated(PAYMENTS), 8], [drillUserQuarantined(PAYMENTS), 12.4]);

    const { exitCode, stdout } = await run(["-a", "payments", "-a", "research", "-c", "1", "--json"]);

    expect(JSON.parse(stdout)).toMatchObject({
      accounts: [
        { account: "payments", result: "passed" },
        { account: "research", result: "not-deployed" },
      ],
    });
    expect(exitCode).toBe(EXIT.done);
  });
});

test.each([
  ["of another account", { accountId: "444455556666" }, "the answer is of another account, 444455556666"],
  ["that is none", { kind: "sweep" }, "expected the outcome of a drill, got {"],
  ["with a name that IAM does not allow", { userName: 'x" || ""' }, "expected the outcome of a drill"],
])("an outcome %s is an error", async (_, changes, message) => {
  answers(changes);

  const { exitCode, stdout } = await run(["--account", "payments"]);

  expect(stdout).toContain(message);
  expect(exitCode).toBe(EXIT.failed);
  expect(logs.calls()).toEqual([]);
});

test("a function that throws, or a role that cannot be assumed, is an error of its account alone", async () => {
  lambda
    .on(InvokeCommand)
    .rejectsOnce(Object.assign(new Error("refused"), { name: "AccessDeniedException" }))
    .resolves({ FunctionError: "Unhandled", Payload: payloadOf({ errorMessage: "no" }) });

  const { stdout } = await run(["-a", "payments", "-a", "sandbox", "-c", "1", "--role", "audit/Drill"]);

  expect(stdout).toMatch(/could not be run as arn:aws:iam::\d+:role\/audit\/Drill: AccessDenied: refused/);
  expect(stdout).toContain("quarantine-drill failed: {errorMessage:no}");
  expect(stdout).toContain("0 passed, 2 failed, 0 without a drill");
});

test("stopped by Ctrl-C, it says what it knows, begins no other drill, and ends with 130", async () => {
  const { responsePayload } = drillEnded({ userName: "" }, { ...PAYMENTS, accountId: "444455556666" }).detail;
  lambda
    .on(InvokeCommand)
    .resolvesOnce({ Payload: payloadOf(responsePayload) })
    .callsFake(() => {
      process.emit("SIGINT");
      throw Object.assign(new Error("Request aborted"), { name: "AbortError" });
    });

  const { exitCode, stdout } = await run(["-c", "1"]);

  expect(stdout).toMatch(/sandbox .* passed/);
  expect(stdout).toMatch(/payments .* stopped/);
  expect(stdout).toMatch(/research .* not begun/);
  expect(stdout).toContain("payments: the command stopped waiting: its drill continues in the account");
  expect(stdout).toContain("1 passed, 0 failed, 0 without a drill, 3 not known");
  expect(exitCode).toBe(EXIT.interrupted);
  const calls = lambda.commandCalls(InvokeCommand);
  expect(calls).toHaveLength(2);
  expect(calls[1]?.args).toMatchObject([{}, { abortSignal: { aborted: true } }]);
  expect(JSON.parse(readFileSync(path.join(folder, "report.json"), "utf8"))).toMatchObject({
    accounts: [
      { account: "sandbox", result: "passed" },
      { account: "payments", result: "stopped" },
      { account: "research", result: "not-begun" },
      { account: "legacy", result: "not-begun" },
    ],
  });
});

test("stopped by Ctrl-C, it does not wait for the audit log", async () => {
  answers();
  logs.on(FilterLogEventsCommand).callsFake(() => {
    process.emit("SIGINT");
    return { events: [] };
  });

  const { exitCode, stdout } = await run(["--account", "payments"]);

  expect(stdout).toMatch(/9\.2 s .* - .* passed/);
  expect(exitCode).toBe(EXIT.interrupted);
});

test.each<[string[], string]>([
  [["--account", "security"], "matches no account"],
  [["--wave", "nobody"], "expected a wave"],
  [["--concurrency", "0"], "whole number from 1"],
  [["--role", "${x}"], "Expected the name of an IAM role"],
  [["--report", "/nowhere/at/all.json"], "the folder does not exist"],
])("drill %j is refused, and nothing is run", async (args, message) => {
  const { exitCode, stderr } = await run(args);

  expect(stderr).toContain(message);
  expect(exitCode).toBe(EXIT.usage);
  expect(lambda.calls()).toEqual([]);
});
