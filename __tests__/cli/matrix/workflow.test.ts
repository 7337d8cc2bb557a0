import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Command } from "commander";
import { parse } from "yaml";
import { createProgram } from "../../../cli/program";
import { testShell } from "../../support/cli/shell";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly name?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly strategy?: { readonly "fail-fast": boolean };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions: unknown;
  readonly concurrency: { readonly "cancel-in-progress": boolean };
  readonly env: Readonly<Record<string, string>> & { readonly WAVES: string };
  readonly jobs: Readonly<Record<string, Job>>;
}

const ROOT = path.join(__dirname, "../../..");
const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");

const text = read("docs/workflows/quarantine.yml");
const workflow = parse(text) as Workflow;
const jobs = Object.entries(workflow.jobs);
const steps = jobs.flatMap(([, job]) => job.steps);
const scripts = steps.flatMap(({ run }) => run ?? []);
const waves = (parse(read("rollout.yaml")) as { waves: string[] }).waves;
const needsOf = ({ needs = [] }: Job) => [needs].flat();

/** Arguments of every `npm run -s quarantine -- ...` in a script or a document. */
function commandLines(script: string): string[][] {
  const lines = script.replace(/\\\n/g, " ").matchAll(/npm run -s quarantine -- ([^|)>&;\n`]*)/g);
  // What follows <<< is fed to the command.
  return [...lines].map(([, args = ""]) => expanded(args.replace(/<<<.*/, "")).trim().split(/\s+/));
}

/** With the values of the variables that the workflow sets for all jobs. */
function expanded(args: string): string {
  return args.replace(/"\$(\w+)"/g, (written, name: string) => workflow.env[name] ?? written);
}

/** What of a command line is unknown to the program: an option, a command, a word too many. */
function unknownIn(command: Command, args: readonly string[]): string[] {
  const [name] = args;
  const nested = command.commands.find((candidate) => candidate.name() === name);
  if (nested !== undefined) {
    return unknownIn(nested, args.slice(1));
  }
  const { operands, unknown } = command.parseOptions([...args]);
  return [...operands, ...unknown];
}

test("every job comes after the jobs it needs", () => {
  jobs.forEach(([, job], index) => {
    const before = jobs.slice(0, index).map(([name]) => name);
    expect(before).toEqual(expect.arrayContaining(needsOf(job)));
  });
});

test("every wave has a job with an environment, after the security account and the waves before; the guard is last", () => {
  expect(JSON.parse(workflow.env.WAVES)).toEqual(waves);
  ["security", ...waves, "guard"].forEach((step, index, all) => {
    const job = workflow.jobs[step];
    expect(job?.environment).toBe(`quarantine-${step}`);
    expect(job && needsOf(job)).toEqual(expect.arrayContaining(all.slice(0, index)));
  });
});

test("every call of the command line is one that it understands", () => {
  const calls = scripts.flatMap(commandLines);
  expect(calls.map(([name]) => name)).toEqual(
    expect.arrayContaining(["changed", "matrix", "plan", "rollout", "accounts"]),
  );
  calls.forEach((args) =>
    expect({ args, unknown: unknownIn(createProgram(testShell(ROOT).shell), args) }).toEqual({
      args,
      unknown: [],
    }),
  );
});

test("nothing is rolled out that is not listed: an empty list is no account, no list is every account", () => {
  const reaching = scripts.flatMap(commandLines).filter(([name]) => name === "rollout" || name === "plan");

  expect(reaching.length).toBeGreaterThan(0);
  reaching.forEach((args) => expect(args.join(" ")).toContain("--accounts-from -"));
});

test("a job has only the permissions it names, a token only in an environment, and never with a write permission", () => {
  expect(workflow.permissions).toEqual({});
  for (const [name, { permissions, environment, steps: own }] of jobs) {
    const rights = Object.entries(permissions ?? {}).map(([right, level]) => `${right}: ${level}`);
    const reads = ["contents: read", ...(environment === undefined ? [] : ["id-token: write"])];
    const writes = own.every(({ uses }) => uses === undefined) ? [["contents: write"]] : [];
    expect({ name, allowed: [reads, ...writes] }).toEqual({
      name,
      allowed: expect.arrayContaining([rights]),
    });
  }
});

test("actions are pinned to commits, and say which version that is", () => {
  const used = [...text.matchAll(/uses: (.*)/g)].map(([, action = ""]) => action);

  expect(used.length).toBeGreaterThan(0);
  used.forEach((action) => expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/));
});

test("no script contains an expression, which a branch name could turn into commands", () => {
  scripts.forEach((script) => expect(script).not.toContain("${{"));
});

test("no rollout is stopped in the middle", () => {
  expect(workflow.concurrency["cancel-in-progress"]).toBe(false);
  jobs.forEach(([, { strategy }]) => expect(strategy?.["fail-fast"] ?? false).toBe(false));
});

/** Runs a step's script in a folder of its own where `gh` and `npm` print `printed` and exit with `code`. */
function runStep(job: string, step: string, env: Record<string, string>, printed = "", code = 0) {
  const script = workflow.jobs[job]?.steps.find(({ name }) => name === step)?.run ?? "";
  const folder = mkdtempSync(path.join(tmpdir(), "workflow-"));
  try {
    writeFileSync(path.join(folder, "printed"), printed);
    for (const program of ["gh", "npm"]) {
      writeFileSync(path.join(folder, program), `#!/bin/sh\ncat printed\nexit ${code}\n`, { mode: 0o755 });
    }
    const summary = path.join(folder, "summary.md");
    writeFileSync(summary, "");
    const { status, stdout } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
      cwd: folder,
      env: { PATH: `${folder}:${process.env["PATH"] ?? ""}`, GITHUB_STEP_SUMMARY: summary, ...env },
      encoding: "utf8",
    });
    return { status, stdout, summary: readFileSync(summary, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.each([
  ["push", "1", 0],
  ["push", "2", 1],
  ["workflow_dispatch", "2", 1],
  ["pull_request", "2", 0],
  ["schedule", "2", 0],
])("a %s run, attempt %s: selecting accounts exits %i", (GITHUB_EVENT_NAME, GITHUB_RUN_ATTEMPT, status) => {
  const result = runStep("select", "Refuse to roll out a second time", {
    GITHUB_EVENT_NAME,
    GITHUB_RUN_ATTEMPT,
  });

  expect(result.status).toBe(status);
  expect(result.stdout).toMatch(status === 0 ? /^$/ : /^::error::.*Start a new run/);
});

test.each([
  ["the commit of main", "abc", 0],
  ["a commit that main has left behind", "old", 1],
])("failed jobs of %s that run again exit %s, %i", (_, GITHUB_SHA, status) => {
  for (const job of ["security", ...waves, "guard"]) {
    const first = workflow.jobs[job]?.steps[0];
    expect(first).toMatchObject({
      name: "Refuse to roll out an old commit again",
      if: "github.run_attempt != 1",
    });
    const env = { GITHUB_SHA, GITHUB_REPOSITORY: "example-org/iam-user-quarantine" };
    expect(runStep(job, "Refuse to roll out an old commit again", env, "abc\n").status).toBe(status);
  }
});

test.each([
  ["push", 0, 0],
  ["push", 2, 0],
  ["push", 1, 1],
  ["pull_request", 2, 0],
  ["schedule", 2, 2],
])("the plan of a %s run that exits %i makes the job exit %i", (GITHUB_EVENT_NAME, code, status) => {
  const env = { GITHUB_EVENT_NAME, PLAN_ROLE: "QuarantinePlan", ACCOUNTS: "sandbox" };

  expect(runStep("plan", "Plan", env, "a plan\n", code).status).toBe(status);
});

test("the summary of a plan is its Markdown, which the command itself keeps short enough", () => {
  const env = { GITHUB_EVENT_NAME: "push", PLAN_ROLE: "QuarantinePlan", ACCOUNTS: "sandbox" };

  const { summary } = runStep("plan", "Plan", env, "## Quarantine plan\n");

  expect(summary).toBe("## Quarantine plan\n");
  expect(scripts.join("\n")).toContain("plan --markdown");
});

test("nothing is rolled out, and the tag stays, before main was planned", () => {
  ["forget", "security", ...waves, "guard", "remember"].forEach((name) => {
    const job = workflow.jobs[name];
    expect(job && needsOf(job)).toContain("plan");
  });
});

test("what a rollout leaves behind is kept when it fails: its report, and a state that could not be saved", () => {
  ["security", ...waves, "guard"].forEach((name) => {
    const upload = workflow.jobs[name]?.steps.find(({ uses }) => uses?.startsWith("actions/upload-artifact"));
    expect(upload).toMatchObject({
      if: "always()",
      with: { path: "rollout-report.json\ncdktf.out/stacks/*/errored.tfstate\n" },
    });
  });
});

test("the trust policies in the documentation name exactly the environments of the workflow", () => {
  const documents = [...read("docs/ci.md").matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, json = ""]) => JSON.parse(json) as unknown,
  );
  const subjects = [...JSON.stringify(documents).matchAll(/repo:[\w-]+\/[\w-]+:environment:([\w-]+)/g)];
  const environments = jobs.flatMap(([, { environment }]) => environment ?? []);

  expect(new Set(subjects.map(([, name]) => name))).toEqual(new Set(environments));
});

test("the documentation calls the command line in ways that it understands", () => {
  commandLines(read("docs/ci.md")).forEach((args) =>
    expect({ args, unknown: unknownIn(createProgram(testShell(ROOT).shell), args) }).toEqual({
      args,
      unknown: [],
    }),
  );
});
