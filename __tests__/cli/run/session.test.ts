import path from "node:path";
import type { Report } from "../../../cli/report/report";
import { readReport } from "../../../cli/report/report-file";
import { rollOut } from "../../../cli/rollout/rollout";
import { runSession } from "../../../cli/run/session";
import type { StackTarget } from "../../../cli/stack-target";
import { parseRollout } from "../../../stacks/config/load";
import { FakeProgram } from "../../support/cli/fake-program";
import { testShell } from "../../support/cli/shell";
import { terraformOutput } from "../../support/cli/terraform-output";
import { SAMPLE_YAML } from "../../support/stacks/sample";

const targets: StackTarget[] = [
  { name: "security", accountId: "111122223333", wave: undefined },
  { name: "payments", accountId: "777788889999", wave: "production" },
  { name: "research", accountId: "222233334444", wave: "production" },
];
let program: FakeProgram;

beforeEach(() => {
  program = new FakeProgram(targets.map(({ name }) => name));
  targets.forEach(({ name }) => {
    program.put(name, "plan.out", terraformOutput("plan-create.jsonl"));
    program.put(name, "plan.code", "2");
    program.put(name, "apply.out", terraformOutput("apply.jsonl"));
  });
});
afterEach(() => program.delete());

/** A whole rollout, with real processes in Terraform's place. */
function start(resumed: readonly string[] = []) {
  const { shell, stdout, stderr } = testShell(program.folder);
  const reportFile = path.join(program.folder, "rollout-report.json");
  const report = runSession(
    { ...shell, env: { PATH: process.env["PATH"], TERRAFORM_BINARY_NAME: program.settings.program } },
    {
      command: "rollout",
      options: { output: "", concurrency: 1, lockTimeout: 0, retryFor: 0 },
      targets: targets.filter(({ name }) => !resumed.includes(name)),
      synthesis: {
        rollout: parseRollout("rollout.yaml", SAMPLE_YAML, program.folder),
        outdir: program.settings.outdir,
      },
      resumed,
      reportFile,
    },
    ({ dependencies }) =>
      rollOut(
        dependencies.progress.all.map(({ target }) => target),
        dependencies,
        { maxFailures: 0 },
      ),
  );
  return { report, stdout, stderr, file: () => readReport(reportFile) };
}
const outcomes = ({ stacks }: Report) => stacks.map(({ outcome }) => outcome);
const steps = () => program.calls.map((call) => call.split(" ").slice(0, 2).join(" "));

test("everything in order: the steps, the report, one line for each change and nothing on stdout", async () => {
  const listeners = process.listenerCount("SIGINT");
  const { report, stdout, stderr, file } = start();

  expect(outcomes(await report)).toEqual(["applied", "applied", "applied"]);
  expect(steps()).toEqual(
    targets.flatMap(({ name }) => ["init", "plan", "apply"].map((step) => `${name} ${step}`)),
  );
  expect(file()).toMatchObject({ status: "done", terraformVersion: "1.11.4", command: "rollout" });
  expect(file()?.stacks[0]).toMatchObject({
    changes: { add: 2, change: 0, remove: 0 },
    stackSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(stderr()).toContain("  0:00  security account / security: initializing\n");
  expect(stderr()).toMatch(/production \/ research: 2 added \(0:0\d\)\n$/);
  expect(stdout()).toBe("");
  // Afterwards, signals do what they did before.
  expect(process.listenerCount("SIGINT")).toBe(listeners);
});

test("a clock that jumps changes no limit, no shown time and no order of dates", async () => {
  const HOUR_MS = 3_600_000;
  let jumps = 0;
  const date = jest.spyOn(Date, "now").mockImplementation(() => (jumps++ % 2 === 0 ? HOUR_MS : 9 * HOUR_MS));
  try {
    const { report, stderr } = start();

    const { startedAt, endedAt = "", stacks } = await report;

    expect(outcomes(await report)).toEqual(["applied", "applied", "applied"]);
    const times = [startedAt, ...stacks.flatMap((stack) => [stack.startedAt, stack.endedAt]), endedAt];
    expect(times).toEqual([...times].sort());
    expect(Date.parse(endedAt) - Date.parse(startedAt)).toBeLessThan(HOUR_MS);
    expect(
      stderr()
        .match(/\d+:\d\d/g)
        ?.filter((time) => Number.parseInt(time, 10) >= 60),
    ).toEqual([]);
  } finally {
    date.mockRestore();
  }
});

test("a failure ends the session as failed, with its cause in the report", async () => {
  program.put("security", "plan.out", terraformOutput("wrong-account.jsonl"));
  program.put("security", "plan.code", "1");
  const { report, file } = start();

  expect(outcomes(await report)).toEqual(["failed", "not-started", "not-started"]);
  expect(file()?.status).toBe("failed");
  expect(file()?.stacks[0]?.cause).toBe("AWS account ID not allowed: 111122223333");
});

test("the first Ctrl-C lets what runs finish, and starts nothing new", async () => {
  program.put("payments", "apply.hold");
  const { report, stderr, file } = start();
  await program.started(6);

  process.emit("SIGINT", "SIGINT");
  expect(stderr()).toContain("Stopping: no further account is started, running ones finish.");
  program.remove("payments", "apply.hold");

  expect(outcomes(await report)).toEqual(["applied", "applied", "not-started"]);
  expect(file()?.status).toBe("interrupted");
  expect(steps()).not.toContain("payments interrupted");
});

test("SIGTERM asks Terraform itself to stop, once", async () => {
  program.put("payments", "apply.hold");
  const { report, stderr } = start();
  await program.started(6);

  process.emit("SIGTERM", "SIGTERM");
  process.emit("SIGTERM", "SIGTERM");
  await program.started(7);
  program.remove("payments", "apply.hold");

  expect((await report).status).toBe("interrupted");
  expect(steps().filter((call) => call === "payments interrupted")).toHaveLength(1);
  expect(stderr()).toContain("Asked Terraform to stop");
});

test("an interrupt that changes nothing any more leaves the run done", async () => {
  program.put("research", "apply.hold");
  const { report } = start();
  await program.started(9);

  process.emit("SIGINT", "SIGINT");
  program.remove("research", "apply.hold");

  expect((await report).status).toBe("done");
});

test("what was resumed stays in the report, with its stack, for the run after this one", async () => {
  const { report } = start(["security"]);

  expect((await report).resumed).toEqual([
    { name: "security", stackSha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
  expect(steps()[0]).toBe("payments init");
});
