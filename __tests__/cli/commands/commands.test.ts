import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CommandError } from "../../../cli/errors";
import { EXIT } from "../../../cli/exit-codes";
import { createProgram } from "../../../cli/program";
import { withFolderLock } from "../../../cli/run/folder-lock";
import { runCommandLine } from "../../../cli/run-command-line";
import { runCommand, testShell } from "../../support/cli/shell";
import { SAMPLE_YAML } from "../../support/stacks/sample";

const run = (...args: string[]) => runCommand(SAMPLE_YAML, args);

describe("help", () => {
  const commands = createProgram(testShell("/").shell).commands.flatMap((command) =>
    command.commands.length > 0
      ? command.commands.map((sub) => ({ name: `${command.name()} ${sub.name()}`, command: sub }))
      : [{ name: command.name(), command }],
  );
  const names = commands.map(({ name }) => name);

  test("there is a command for everything an operator does", () => {
    expect([...names].sort()).toEqual([
      "accounts import",
      "changed",
      "drill",
      "explain",
      "matrix",
      "pause",
      "plan",
      "policies",
      "recover",
      "release",
      "replay",
      "resume",
      "retire",
      "review",
      "rollout",
      "status",
    ]);
  });

  test.each(names)("%s: has examples of itself", async (name) => {
    const { exitCode, stdout, stderr } = await run(...name.split(" "), "--help");

    expect({ exitCode, stderr }).toEqual({ exitCode: EXIT.done, stderr: "" });
    expect(stdout).toContain(`Usage: quarantine ${name}`);
    expect(stdout.split("Examples:\n")[1]).toMatch(new RegExp(`^ +.*quarantine (-- )?${name} `, "m"));
  });

  test.each(commands)("$name: describes every option", ({ command }) => {
    for (const { flags, description } of command.options) {
      expect(`${flags}: ${description}`).toMatch(/: \w+\W+\w+/);
    }
  });

  test("documents the exit codes", async () => {
    const { stdout } = await run("--help");

    for (const code of Object.values(EXIT)) {
      expect(stdout).toMatch(new RegExp(`^  ${code} +\\w`, "m"));
    }
  });

  test("is shown without a command", async () => {
    expect(await run()).toMatchObject({
      exitCode: EXIT.usage,
      stdout: "",
      stderr: expect.stringContaining("Usage: quarantine"),
    });
  });
});

test.each([
  ["rollout", "--nonsense"],
  ["rollout", "--concurrency", "0"],
  ["rollout", "--max-failures", "-1"],
  ["rollout", "--max-failures", "some"],
  ["rollout", "--lock-timeout", "5"],
  ["rollout", "--account"],
  ["rollout", "payments"],
  ["plan", "--diff", "--json"],
  ["plan", "--yes"],
  ["retire"],
  ["changed"],
  ["accounts", "import", "--include", "12"],
  ["nonsense"],
])("%s %s %s exits 64, having said why on stderr alone", async (...args) => {
  const { exitCode, stdout, stderr } = await run(...args.filter(Boolean));

  expect({ exitCode, stdout }).toEqual({ exitCode: EXIT.usage, stdout: "" });
  expect(stderr).toMatch(/^error: .+\n\(add --help for the options and examples\)/);
});

describe("before anything is synthesized", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "commands-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs a command beside a configuration. */
  async function runBeside(yaml: string | undefined, ...args: string[]) {
    if (yaml !== undefined) {
      writeFileSync(path.join(folder, "rollout.yaml"), yaml);
    }
    const { shell, stdout, stderr } = testShell(folder);
    await runCommandLine(createProgram(shell), shell, args);
    expect(existsSync(path.join(folder, "cdktf.out"))).toBe(false);
    return { exitCode: shell.exitCode, stdout: stdout(), stderr: stderr() };
  }

  /** The same; nothing is left of it. */
  async function at(yaml: string | undefined, ...args: string[]) {
    const outcome = await runBeside(yaml, ...args);
    expect(existsSync(path.join(folder, ".rollout"))).toBe(false);
    return outcome;
  }

  test.each([
    ["rollout", "rollout asks"],
    ["rollout --json", "rollout asks"],
    ["retire payments", "retire asks"],
  ])("%s asks for --yes when no one can answer", async (args, message) => {
    expect(await at(SAMPLE_YAML, ...args.split(" "))).toEqual({
      exitCode: EXIT.usage,
      stdout: "",
      stderr: expect.stringMatching(new RegExp(`^${message} before it changes anything.*--yes.*\\n$`)),
    });
  });

  test.each(["rollout --yes", "rollout --plan-only", "plan --json", "retire payments --yes", "matrix"])(
    "%s: every mistake in the configuration is reported, and nothing else",
    async (args) => {
      const yaml = SAMPLE_YAML.replace("111122223333", "1111").replace("wave: canary", "wave: canry");

      expect(await at(yaml, ...args.split(" "))).toEqual({
        exitCode: EXIT.configuration,
        stdout: "",
        stderr: expect.stringMatching(/1111[^]*canry/),
      });
    },
  );

  test("a missing configuration is a mistake in the configuration", async () => {
    expect(await at(undefined, "rollout", "--yes")).toMatchObject({
      exitCode: EXIT.configuration,
      stderr: expect.stringContaining("rollout.yaml"),
    });
  });

  test.each(["rollout --yes", "plan", "retire payments --yes"])(
    "%s is refused while another run is active",
    async (args) => {
      const { shell } = testShell(folder);
      const outcome = await withFolderLock(shell, "rollout", () => {
        const file = path.join(folder, ".rollout", "run.lock");
        // As if another process had written it.
        writeFileSync(file, readFileSync(file, "utf8").replace(String(process.pid), String(process.ppid)));
        return runBeside(SAMPLE_YAML, ...args.split(" "));
      });

      expect(outcome).toEqual({
        exitCode: EXIT.failed,
        stdout: "",
        stderr: expect.stringContaining("Another run is active in this folder"),
      });
    },
  );
});

describe("an error", () => {
  async function failWith(error: unknown) {
    const { shell, stdout, stderr } = testShell("/");
    const program = createProgram(shell);
    program.command("fail").action(() => {
      throw error;
    });
    await runCommandLine(program, shell, ["fail"]);
    expect(stdout()).toBe("");
    return { exitCode: shell.exitCode, stderr: stderr() };
  }

  test("that quotes others moves no cursor and turns no text; its lines stay", async () => {
    const { stderr } = await failWith(new CommandError("AccessDenied: \u001b[2Jno\u202e\nTry again."));

    expect(stderr).toBe("AccessDenied: \uFFFD[2Jno\uFFFD\nTry again.\n");
  });

  test("that the operator can fix is shown without a stack trace", async () => {
    expect(await failWith(new CommandError("Terraform is missing."))).toEqual({
      exitCode: EXIT.failed,
      stderr: "Terraform is missing.\n",
    });
  });

  test("that is a bug in this program is shown with one", async () => {
    const { exitCode, stderr } = await failWith(new TypeError("undefined is not a function"));

    expect(exitCode).toBe(EXIT.failed);
    expect(stderr).toMatch(/^TypeError: undefined is not a function\n +at /);
  });

  test("of the system is shown in one line, with the file", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "system-error-"));
    const { shell, stderr } = testShell(folder);
    // A file where a folder is needed.
    writeFileSync(path.join(folder, ".rollout"), "");
    await runCommandLine(createProgram(shell), shell, ["plan"]);
    rmSync(folder, { recursive: true });

    expect(stderr()).toBe(`ENOTDIR: not a directory, open '${path.join(folder, ".rollout", "run.lock")}'\n`);
    expect(shell.exitCode).toBe(EXIT.failed);
  });

  test("may be anything", async () => {
    expect(await failWith("no reason")).toEqual({ exitCode: EXIT.failed, stderr: "no reason\n" });
  });
});

test("--json puts JSON alone on stdout, notes beside it", async () => {
  const { stdout, stderr, exitCode } = await run("matrix");

  expect(JSON.parse(stdout)).toHaveProperty("include");
  expect(stderr).toContain("backend: local");
  expect(exitCode).toBe(EXIT.done);
});
