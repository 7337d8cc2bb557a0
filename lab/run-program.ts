import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { messageOf } from "../functions/shared/message-of";
import { LabError } from "./shared/errors";

/** A program did not end as expected; carries the end of what it printed. */
export class ProgramError extends LabError {}

export interface ProgramOptions {
  readonly cwd?: string;
  /** Added to this process's environment; a variable that is undefined is taken away. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Exit codes beside 0 that are no failure. */
  readonly accept?: readonly number[];
  readonly onLine?: (line: string) => void;
  /** Stops the program and everything it started. */
  readonly signal?: AbortSignal;
}

/** Lines of output that an error shows. */
const KEPT_LINES = 40;

/**
 * How long a stopped program may take to end by itself, in milliseconds. Terraform releases its state lock
 * meanwhile.
 */
const GRACE_MS = 20_000;

/**
 * Runs a program to its end.
 *
 * @returns Its exit code.
 * @throws ProgramError when it cannot be started, is stopped, or ends with a code that is not accepted.
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<number> {
  const { cwd, environment, accept = [], onLine, signal } = options;
  if (signal?.aborted === true) {
    throw new ProgramError(`${path.basename(file)} was not started: it was told to stop.`);
  }
  // A group of its own, so that stopping reaches what the program started too.
  const child = spawn(file, args, {
    cwd,
    env: mergeEnvironment(environment),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const lines: string[] = [];
  const keep = (line: string) => {
    lines.push(line);
    lines.splice(0, lines.length - KEPT_LINES);
    onLine?.(line);
  };
  createInterface({ input: child.stdout }).on("line", keep);
  createInterface({ input: child.stderr }).on("line", keep);

  const stop = () => stopGroup(child.pid);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (exitCode) => resolve(exitCode ?? 1));
    });
    if (code === 0 || accept.includes(code)) {
      return code;
    }
    throw new ProgramError(`${file} ${args.join(" ")} ended with exit code ${code}:\n${lines.join("\n")}`);
  } catch (cause) {
    if (cause instanceof ProgramError) {
      throw cause;
    }
    throw new ProgramError(`${file} could not be run: ${messageOf(cause)}`, { cause });
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

function mergeEnvironment(changes: ProgramOptions["environment"]): NodeJS.ProcessEnv {
  const merged = { ...process.env, ...changes };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

function stopGroup(pid: number | undefined): void {
  if (pid === undefined) {
    return;
  }
  signalGroup(pid, "SIGINT");
  setTimeout(() => signalGroup(pid, "SIGKILL"), GRACE_MS).unref();
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // The group has ended already.
  }
}
