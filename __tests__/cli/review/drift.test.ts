import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { checkBackend, withDrift, type DriftReading } from "../../../cli/review/drift";
import type { StackTarget } from "../../../cli/stack-target";
import { parseRollout } from "../../../stacks/config/load";
import { FakeProgram } from "../../support/cli/fake-program";
import { testShell } from "../../support/cli/shell";
import { terraformOutput } from "../../support/cli/terraform-output";
import { SAMPLE_YAML } from "../../support/stacks/sample";

const targets: StackTarget[] = [
  { name: "payments", accountId: "777788889999", wave: "production" },
  { name: "research", accountId: "222233334444", wave: "production" },
];
let program: FakeProgram;

beforeEach(() => {
  program = new FakeProgram(targets.map(({ name }) => name));
});
afterEach(() => program.delete());

/** Has Terraform find what it says in a file. */
function drifts(stack: string, file: string): void {
  program.put(stack, "plan.code", "2");
  program.put(
    stack,
    "plan.out",
    '{"type":"change_summary","changes":{"add":0,"change":0,"import":0,"remove":0,"operation":"plan"}}\n',
  );
  program.put(stack, "show.out", terraformOutput(file));
}

/** Asks for the drift of every account, with real processes in Terraform's place. */
async function ask() {
  const { shell, stderr } = testShell(program.folder);
  const { result, isInterrupted } = await withDrift(
    { ...shell, env: { PATH: process.env["PATH"], TERRAFORM_BINARY_NAME: program.settings.program } },
    { output: "", concurrency: 1, lockTimeout: 0, retryFor: 0 },
    {
      rollout: parseRollout("rollout.yaml", SAMPLE_YAML, program.folder),
      outdir: program.settings.outdir,
    },
    targets,
    (readDrift) => Promise.all(targets.map(readDrift)),
  );
  return { readings: result, isInterrupted, stderr: stderr() };
}
const driftOf = (reading: DriftReading | undefined) => (reading?.kind === "read" ? reading.drift : undefined);

test("each account is asked by a plan that only refreshes and locks nothing; what it found is kept nowhere", async () => {
  drifts("payments", "refresh-only-drifted.json");

  const { readings, isInterrupted, stderr } = await ask();

  expect(driftOf(readings[0])).toContainEqual({
    address: expect.stringMatching(/^aws_cloudwatch_event_rule\.detection_rule_/),
    attribute: "state",
    expected: "ENABLED",
    found: "DISABLED",
  });
  expect(readings[1]).toEqual({ kind: "read", drift: [] });
  expect(isInterrupted).toBe(false);
  expect(stderr).toContain("production / payments: changes");
  expect(program.calls.map((call) => call.replace(/-out=\S+|\S+\.tfplan/, "FILE"))).toEqual([
    "payments init -input=false -no-color",
    "payments plan -json -input=false -detailed-exitcode FILE -refresh-only -lock=false",
    "payments show -json FILE",
    "research init -input=false -no-color",
    "research plan -json -input=false -detailed-exitcode FILE -refresh-only -lock=false",
  ]);
  const kept = readdirSync(path.join(program.folder, ".rollout/review/payments"));
  expect(kept.filter((name) => /tfplan|show/.test(name))).toEqual([]);
  expect(existsSync(path.join(program.folder, ".rollout/applying"))).toBe(false);
});

test("an account that has only what changes by itself has not drifted", async () => {
  drifts("payments", "refresh-only-in-use.json");

  const { readings, stderr } = await ask();

  expect(readings[0]).toEqual({ kind: "read", drift: [] });
  expect(stderr).toContain("production / payments: no changes");
});

test.each<[string, () => void, string]>([
  [
    "whose role cannot be assumed",
    () => {
      program.put("payments", "plan.out", terraformOutput("role-denied.jsonl"));
      program.put("payments", "plan.code", "1");
    },
    "Drift is not known: Cannot assume IAM Role",
  ],
  [
    "whose plan cannot be read",
    () => {
      drifts("payments", "refresh-only-drifted.json");
      program.put("payments", "show.out", "{}");
    },
    "Drift is not known: Terraform planned a refresh but did not list it",
  ],
  [
    "with a state that an apply could not save",
    () => program.put("payments", "errored.tfstate", "{}"),
    "Drift is not known: Failed to save state",
  ],
])("an account %s is a problem that says so, and stops no other", async (_, prepare, problem) => {
  prepare();

  const { readings } = await ask();

  expect(readings).toEqual([
    { kind: "failed", problem: expect.stringContaining(problem) },
    { kind: "read", drift: [] },
  ]);
});

test("Ctrl-C starts no further account, and those say that they were not asked", async () => {
  program.put("payments", "plan.hold");
  const asked = ask();
  await program.started(2);

  process.emit("SIGINT", "SIGINT");
  program.remove("payments", "plan.hold");

  expect(await asked).toMatchObject({
    isInterrupted: true,
    readings: [
      { kind: "read", drift: [] },
      { kind: "failed", problem: "AWS was not asked for drift: stopped by SIGINT." },
    ],
  });
});

test("with HCP Terraform, whose workspaces a plan would not leave as they are, nothing is asked", () => {
  const { backend, ...rollout } = parseRollout(
    "rollout.yaml",
    `${SAMPLE_YAML}backend: { type: cloud, organization: example }\n`,
    "/",
  );

  expect(() => checkBackend({ ...rollout, backend })).toThrow(
    "--drift: expected the backend local or s3, found cloud",
  );
});
