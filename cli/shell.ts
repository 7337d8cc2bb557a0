import pc from "picocolors";
import { printableJson } from "../functions/shared/text";
import type { ExitCode } from "./exit-codes";

/** A stream to write to: one of the process, or of a test. */
export interface Output {
  write(text: string): unknown;
  /** True on a terminal: only there does a command use colour, redraw or ask. */
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** The environment of a command, which differs between a terminal, CI and a test. */
export interface Shell {
  /** Folder the command was started in: `rollout.yaml`, `cdktf.out` and the report are relative to it. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Results, for a pipe to read. */
  readonly stdout: Output;
  /** Progress, warnings and errors. */
  readonly stderr: Output;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** Set by a command whose result is not `done`. */
  exitCode: ExitCode;
}

/** Writes a line of the result. */
export function print(shell: Shell, text: string): void {
  shell.stdout.write(`${text}\n`);
}

/** Writes a line to stderr: progress or a warning. */
export function note(shell: Shell, text: string): void {
  shell.stderr.write(`${text}\n`);
}

/** Writes the result as JSON, with nothing in it that moves the cursor or turns text on a terminal. */
export function printJson(shell: Shell, value: unknown): void {
  print(shell, printableJson(JSON.stringify(value, undefined, 2)));
}

export type Colors = ReturnType<typeof pc.createColors>;

/** Colour on a terminal only, and not where NO_COLOR is set (https://no-color.org). */
export function colorsFor(output: Output, { env }: Pick<Shell, "env">): Colors {
  return pc.createColors(output.isTTY === true && !env["NO_COLOR"]);
}
