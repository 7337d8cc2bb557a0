import path from "node:path";
import { execute } from "../cli/execute";
import { messageOf } from "../functions/shared/message-of";
import { LabError } from "./shared/errors";

/** A program did not end as expected; carries the end of what it printed. */
export class ProgramError extends LabError {}

export interface ProgramOptions {
  readonly cwd?: string;
  /** Added to this process's environment; a variable that is undefined is taken away. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Exit codes other than 0 that are no failure. */
  readonly accept?: readonly number[];
  readonly onLine?: (line: string) => void;
  /** Stops the program and everything it started. */
  readonly signal?: AbortSignal;
}

/** Lines of output that an error shows. */
const KEPT_LINES = 40;

/**
 * Runs a program to its end, and fails unless it succeeds.
 *
 * @returns Its exit code.
 * @throws ProgramError when it cannot be started, is stopped, or ends with a code that is not accepted.
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  { cwd, environment, accept = [], onLine, signal }: ProgramOptions,
): Promise<number> {
  const lines: string[] = [];
  const keep = (line: string) => {
    lines.push(line);
    lines.splice(0, lines.length - KEPT_LINES);
    onLine?.(line);
  };
  const env = mergeEnvironment(environment);
  const { code } = await execute(file, args, { cwd, env, signal, stopSignal: "SIGINT", onLine: keep }).catch(
    (cause: unknown) => {
      const what = signal?.aborted === true ? "was stopped" : `could not be run: ${messageOf(cause)}`;
      throw new ProgramError([`${path.basename(file)} ${what}`, ...lines].join("\n"), { cause });
    },
  );
  if (code === undefined || (code !== 0 && !accept.includes(code))) {
    throw new ProgramError(
      `${file} ${args.join(" ")} ended with exit code ${code ?? 1}:\n${lines.join("\n")}`,
    );
  }
  return code;
}

function mergeEnvironment(changes: ProgramOptions["environment"]): NodeJS.ProcessEnv {
  const merged = { ...process.env, ...changes };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}
