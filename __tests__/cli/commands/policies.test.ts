import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { EXIT } from "../../../cli/exit-codes";
import { createProgram } from "../../../cli/program";
import { runCommandLine } from "../../../cli/run-command-line";
import { runCommand, testShell } from "../../support/cli/shell";
import { EVERY_FEATURE } from "../../support/stacks/every-feature";

const WHO = ["--may-deploy", "arn:aws:iam::123456789012:role/Deployer"];
const RELEASERS = ["--may-release", "arn:aws:iam::123456789012:role/SecurityOperators"];
const OTHER = "arn:aws:iam::123456789012:role/Planner";

/** Runs `policies` with an output folder, and returns what it wrote. */
async function written(...args: string[]): Promise<{ files: string[]; read: (name: string) => unknown }> {
  return writtenFor(WHO, ...args);
}

async function writtenFor(
  who: readonly string[],
  ...args: string[]
): Promise<{ files: string[]; read: (name: string) => unknown }> {
  const cwd = mkdtempSync(path.join(tmpdir(), "policies-"));
  try {
    writeFileSync(path.join(cwd, "rollout.yaml"), EVERY_FEATURE.s3);
    const { shell } = testShell(cwd);
    await runCommandLine(createProgram(shell), shell, ["policies", ...who, "--out", "out", ...args]);
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

test("policies writes the roles alone that somebody may assume", async () => {
  const who = ["--may-read", OTHER, ...RELEASERS];

  const { files, read } = await writtenFor(
    who,
    "--account",
    "audit",
    "--account",
    "sandbox",
    "--account",
    "root",
  );

  expect(files).toEqual([
    // The guard looks for the role there, and no command uses it.
    "audit/break-glass/trust.json",
    "audit/read/policy-1.json",
    "audit/read/trust.json",
    "root/read/policy-1.json",
    "root/read/trust.json",
    "sandbox/break-glass/policy-1.json",
    "sandbox/break-glass/trust.json",
    "sandbox/read/policy-1.json",
    "sandbox/read/trust.json",
  ]);
  expect(read("sandbox/read/trust.json")).toMatchObject({ Statement: [{ Action: "sts:AssumeRole" }] });
  expect(read("sandbox/break-glass/trust.json")).toMatchObject({
    Statement: [
      {
        Principal: { AWS: [RELEASERS[1]] },
        Action: ["sts:AssumeRole", "sts:SetSourceIdentity"],
        Condition: { StringLike: { "sts:SourceIdentity": "*" } },
      },
    ],
  });
});

test("a break-glass role needs one in the configuration", async () => {
  const yaml = EVERY_FEATURE.local
    .replace("enabled: true", "enabled: false")
    .replace(/ {2}breakGlassRoles: .*\n/, "");

  const { stderr, exitCode } = await runCommand(yaml, ["policies", ...RELEASERS, "--account", "sandbox"]);

  expect(stderr).toContain("guard.breakGlassRoles: expected at least one role that may release users");
  expect(exitCode).toBe(EXIT.configuration);
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
  [["policies"], /^expected who may assume a role: --may-deploy, --may-plan, .* or --may-release\n$/],
  [
    ["policies", ...RELEASERS, "--break-glass-role", "security/Other", "--account", "sandbox"],
    /^--break-glass-role security\/Other: expected one of guard.breakGlassRoles: security\/QuarantineBreakGlass\n$/,
  ],
  [
    ["policies", "--may-release", "arn:aws:iam::444455556666:role/Ours", "--account", "sandbox"],
    /^--may-release arn:\S+: expected somebody outside of the target accounts: .* of sandbox could become it\n$/,
  ],
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
