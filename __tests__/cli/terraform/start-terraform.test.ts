import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CommandError } from "../../../cli/errors";
import { TerraformRunner } from "../../../cli/terraform/runner";
import { startTerraform, type TerraformCommand } from "../../../cli/terraform/start-terraform";
import { eventually } from "../../support/eventually";

let folder: string;
let outputFile: string;
let parent: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "process-"));
  outputFile = path.join(folder, "logs", "apply.log");
});
afterEach(() => {
  parent?.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** A shell script in Terraform's place. */
const script = (text: string): TerraformCommand => ({
  program: "/bin/sh",
  args: ["-c", text],
  cwd: folder,
  env: process.env,
  outputFile,
});

const output = () => readFileSync(outputFile, "utf8");
const printed = (text: string) =>
  eventually(text, () => {
    try {
      return output().includes(text) ? output() : undefined;
    } catch {
      // The file does not exist yet.
      return undefined;
    }
  });
const letGo = () => writeFileSync(path.join(folder, "go"), "");
/** Ends when released, or when its folder is deleted: a failing test leaves nothing running. */
const WAIT = 'while [ -d "$PWD" ] && [ ! -e go ]; do sleep 0.01; done';

test("all output goes to a file that no one else may read", async () => {
  const { ended } = await startTerraform(script("echo out; echo err >&2; exit 3"));

  expect(await ended).toEqual({ code: 3, signal: undefined });
  expect(output()).toBe("out\nerr\n");
  expect(statSync(outputFile).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(outputFile)).mode & 0o777).toBe(0o700);
});

test("a Terraform that outlived an earlier run does not write into the new output", async () => {
  const old = await startTerraform(script(`echo old; ${WAIT}; echo old still`));
  await printed("old");

  const { ended } = await startTerraform(script("echo new"));
  await ended;
  letGo();
  await old.ended;

  expect(output()).toBe("new\n");
});

test("Terraform leads a process group of its own, which a Ctrl-C in the terminal does not reach", async () => {
  const { ended } = await startTerraform(script(`echo pid $$ said; ${WAIT}`));
  const pid = Number(/pid (\d+) said/.exec(await printed("said"))?.[1]);

  // Only the leader's id is the id of a group.
  expect(() => process.kill(-pid, 0)).not.toThrow();
  letGo();
  await ended;
});

test("Terraform gets one interrupt, however often it is to be interrupted", async () => {
  const terraform = await startTerraform(
    script(`trap 'echo interrupted' INT; echo begun; ${WAIT}; echo done`),
  );
  await printed("begun");

  terraform.interrupt();
  await printed("interrupted");
  terraform.interrupt();
  await pause(50);
  letGo();
  await terraform.ended;

  expect(output()).toBe("begun\ninterrupted\ndone\n");
});

test("Terraform survives the death of this program, and writes all its output", async () => {
  parent = spawn(
    process.execPath,
    [
      "--import",
      "tsx",
      path.join(__dirname, "../../support/cli/start-terraform.ts"),
      JSON.stringify(script(`echo begun; ${WAIT}; seq 1 20000; echo the end`)),
    ],
    { cwd: path.join(__dirname, "../../.."), stdio: "ignore" },
  );
  const died = once(parent, "exit");

  await printed("begun");
  parent.kill("SIGKILL");
  expect(await died).toEqual([null, "SIGKILL"]);
  letGo();

  expect(await printed("the end")).toContain("\n20000\n");
}, 30_000);

test.each([
  ["a program that does not exist", { program: "/nowhere/terraform" }],
  ["a folder that does not exist", { cwd: "/nowhere" }],
])("%s is reported with its path", async (_name, wrong) => {
  const started = startTerraform({ ...script("true"), ...wrong });

  await expect(started).rejects.toThrow(CommandError);
  await expect(started).rejects.toThrow(/could not be started in .*ENOENT/);
});

describe("TerraformRunner", () => {
  const ERROR = '{"type":"diagnostic","diagnostic":{"severity":"error","summary":"Saved plan is stale"}}';

  test("passes on Terraform's messages and its exit code", async () => {
    const said: unknown[] = [];
    const { args } = script(
      `echo '{"type":"version"}'; echo '{"type":"change_summary","changes":{"add":1,"change":0,"remove":0}}'; exit 2`,
    );

    const code = await new TerraformRunner().run(
      { ...script(""), args },
      { accept: [0, 2], onMessage: (message) => said.push(message) },
    );

    expect(code).toBe(2);
    expect(said).toEqual([{ type: "change_summary", changes: { add: 1, change: 0, remove: 0 } }]);
  });

  test("fails with the cause it reads from the output", async () => {
    await expect(new TerraformRunner().run(script(`echo '${ERROR}'; exit 1`))).rejects.toMatchObject({
      fault: { kind: "stale-plan", cause: "Saved plan is stale" },
    });
  });

  test("an exit code that means changes is a failure where none is expected", async () => {
    await expect(new TerraformRunner().run(script("echo oops; exit 2"))).rejects.toThrow("oops");
  });

  test("a killed Terraform is distinguished from a failed one", async () => {
    await expect(new TerraformRunner().run(script("kill -9 $$"))).rejects.toMatchObject({
      fault: {
        kind: "other",
        cause: expect.stringContaining("killed by SIGKILL"),
        advice: expect.any(String),
      },
    });
  });

  test("interrupts every running process once, and those that are started later", async () => {
    const runner = new TerraformRunner();
    // sh runs the trap when the sleep has ended.
    const command = (name: string) => ({
      ...script(`trap 'echo interrupted' INT; echo begun; ${WAIT}; echo done`),
      outputFile: path.join(folder, name),
    });
    const text = (name: string) => readFileSync(path.join(folder, name), "utf8");
    const running = ["a", "b"].map((name) => runner.run(command(name)));
    await eventually("both", () => (["a", "b"].every((name) => text(name) !== "") ? true : undefined));

    runner.interrupt();
    runner.interrupt();
    // It has no trap yet when the signal comes.
    const late = runner.run({ ...script("exec sleep 10"), outputFile: path.join(folder, "c") });
    await expect(late).rejects.toThrow("killed by SIGINT");
    letGo();
    await Promise.all(running);

    expect([text("a"), text("b")]).toEqual(Array(2).fill("begun\ninterrupted\ndone\n"));
  });
});
