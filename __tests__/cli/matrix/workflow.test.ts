import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { Command } from "commander";
import { parse } from "yaml";
import { createProgram } from "../../../cli/program";
import { testShell } from "../../support/cli-shell";

interface Step {
  readonly uses?: string;
  readonly run?: string;
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

test("every wave of the sample has a job with an environment, after the security account and the waves before", () => {
  expect(JSON.parse(workflow.env.WAVES)).toEqual(waves);
  ["security", ...waves].forEach((step, index, all) => {
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

test("rights: none but what a job names, a token only in an environment, and never beside a right to write", () => {
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

test("no script contains an expression, which somebody's branch name could turn into commands", () => {
  scripts.forEach((script) => expect(script).not.toContain("${{"));
});

test("no rollout is stopped in the middle", () => {
  expect(workflow.concurrency["cancel-in-progress"]).toBe(false);
  jobs.forEach(([, { strategy }]) => expect(strategy?.["fail-fast"] ?? false).toBe(false));
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
