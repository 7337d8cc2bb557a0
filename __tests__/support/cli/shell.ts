import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { createProgram } from "../../../cli/program";
import { runCommandLine } from "../../../cli/run-command-line";
import type { Shell } from "../../../cli/shell";

/** A shell that keeps what is written. */
export function testShell(
  cwd: string,
  stdin = "",
): { shell: Shell; stdout: () => string; stderr: () => string } {
  const written = { stdout: "", stderr: "" };
  const output = (name: keyof typeof written) => ({ write: (text: string) => (written[name] += text) });
  return {
    shell: {
      cwd,
      env: {},
      stdout: output("stdout"),
      stderr: output("stderr"),
      stdin: Readable.from([stdin]),
      exitCode: 0,
    },
    stdout: () => written.stdout,
    stderr: () => written.stderr,
  };
}

/** Runs a command line beside a `rollout.yaml`, to its end. */
export async function runCommand(yaml: string, args: readonly string[], stdin = "") {
  const cwd = mkdtempSync(path.join(tmpdir(), "command-"));
  try {
    writeFileSync(path.join(cwd, "rollout.yaml"), yaml);
    const { shell, stdout, stderr } = testShell(cwd, stdin);
    await runCommandLine(createProgram(shell), shell, args);
    return { exitCode: shell.exitCode, stdout: stdout(), stderr: stderr() };
  } finally {
    rmSync(cwd, { recursive: true });
  }
}
