import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface ExecuteOptions {
  /** @default - that of this process */
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Stops the program, and everything it started, when it is aborted. */
  readonly signal?: AbortSignal;
  /** The signal that a stopped program gets first; SIGKILL follows if it does not exit. @default SIGTERM */
  readonly stopSignal?: NodeJS.Signals;
  /** Lets the shell read `program` as a whole command line. @default false */
  readonly shell?: boolean;
  /** Gets every line of both outputs as soon as it is printed. */
  readonly onLine?: (line: string) => void;
}

export interface ProgramResult {
  /** Exit code; undefined when a signal ended the program. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * How long a stopped program may take to exit, in milliseconds. In this time, Terraform releases its state
 * lock.
 */
const GRACE_MS = 20_000;

/**
 * Runs a program to its end, in a separate process group: Ctrl-C in the terminal only reaches this process,
 * which stops the program and then cleans up.
 *
 * @throws What spawn throws when the program cannot be started, and the reason of an abort.
 */
export async function execute(
  program: string,
  args: readonly string[],
  options: ExecuteOptions,
): Promise<ProgramResult> {
  const { cwd, env, signal, stopSignal = "SIGTERM", shell = false, onLine } = options;
  signal?.throwIfAborted();
  const child = spawn(program, args, { cwd, env, shell, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const stdout = collect(child.stdout, onLine);
  const stderr = collect(child.stderr, onLine);
  const stop = () => stopGroup(child.pid, stopSignal);
  signal?.addEventListener("abort", stop, { once: true });
  return new Promise<ProgramResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
      } else {
        resolve({ code: code ?? undefined, stdout: stdout(), stderr: stderr() });
      }
    });
  }).finally(() => signal?.removeEventListener("abort", stop));
}

function collect(stream: NodeJS.ReadableStream, onLine: ExecuteOptions["onLine"]): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  if (onLine !== undefined) {
    createInterface({ input: stream }).on("line", onLine);
  }
  return () => Buffer.concat(chunks).toString("utf8");
}

function stopGroup(pid: number | undefined, first: NodeJS.Signals): void {
  if (pid !== undefined) {
    signalGroup(pid, first);
    setTimeout(() => signalGroup(pid, "SIGKILL"), GRACE_MS).unref();
  }
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // The group has ended already.
  }
}
