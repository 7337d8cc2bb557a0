import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { EXIT } from "../../../cli/exit-codes";
import { createProgram } from "../../../cli/program";
import { runCommandLine } from "../../../cli/run-command-line";
import { runCommand, testShell } from "../../support/cli/shell";
import { EVERY_FEATURE } from "../../support/stacks/every-feature";

const WHO = ["--may-deploy", "arn:aws:iam::123456789012:role/Deployer"];
const OTHER = "arn:aws:iam::123456789012:role/Planner";

/** Runs `policies` with an output folder, and returns what it wrote. */
async function written(...args: string[]): Promise<{ files: string[]; read: (name: string) => unknown }> {
  const cwd = mkdtempSync(path.join(tmpdir(), "policies-"));
  try {
    writeFileSync(path.join(cwd, "rollout.yaml"), EVERY_FEATURE.s3);
    const { shell } = testShell(cwd);
    await runCommandLine(createProgram(shell), shell, ["policies", ...WHO, "--out", "out", ...args]);
    const out = path.join(cwd, "out");
    const files = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".json"),
    );
    const texts = new Map(files.map((name) => [name, readFileSync(path.join(out, name), "utf8")]));
    return { files: files.sort(), read: (name) => JSON.parse(texts.get(name) ?? "null") as unknown };
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

test("policies writes a folder for each account, and what the states in S3 need", async () => {
  const { files, read } = await written("--may-plan", OTHER, "--account", "sandbox", "--account", "root");

  expect(files).toEqual([
    "root/apply/policy-1.json",
    "root/apply/trust.json",
    "root/boundary.json",
    "root/plan/policy-1.json",
    "root/plan/trust.json",
    "sandbox/apply/policy-1.json",
    "sandbox/apply/policy-2.json",
    "sandbox/apply/trust.json",
    "sandbox/boundary.json",
    "sandbox/plan/policy-1.json",
    "sandbox/plan/trust.json",
    "state/apply.json",
    "state/plan.json",
  ]);
  expect(read("sandbox/plan/trust.json")).toMatchObject({ Statement: [{ Principal: { AWS: [OTHER] } }] });
  expect(read("sandbox/apply/trust.json")).toMatchObject({ Statement: [{ Principal: { AWS: [WHO[1]] } }] });
});

test("policies writes one template for each kind of account", async () => {
  const { files } = await written("--format", "cloudformation");

  expect(files).toEqual(["management.template.json", "security.template.json", "target.template.json"]);
});

test("policies prints one account's policies, and the names of its roles", async () => {
  const { stdout, exitCode } = await runCommand(EVERY_FEATURE.local, [
    "policies",
    ...WHO,
    "--account",
    "sandbox",
  ]);

  expect(exitCode).toBe(EXIT.done);
  expect(JSON.parse(stdout)).toMatchObject({
    account: { name: "sandbox", id: "444455556666" },
    kind: "target",
    plan: { name: "QuarantinePlan" },
    apply: { name: "ops/Deploy" },
  });
});

test.each([
  [["policies"], /required option '--may-deploy <arn>'/],
  [["policies", "--may-deploy", "Deployer"], /Expected the ARN of a role, a user or an account's root/],
  [["policies", "--may-deploy", "arn:aws:iam::123456789012:role/*"], /Expected the ARN of a role/],
  [["policies", ...WHO], /without --out, expected one account, found 5 accounts/],
  [
    ["policies", ...WHO, "--format", "cloudformation"],
    /without --out, expected accounts of one kind, found 5/,
  ],
  [["policies", ...WHO, "--account", "nobody"], /nobody/],
])("%j says what is wrong", async (args, message) => {
  const { stdout, stderr, exitCode } = await runCommand(EVERY_FEATURE.local, args);

  expect(stderr).toMatch(message);
  expect(stdout).toBe("");
  expect(exitCode).toBe(EXIT.usage);
});
