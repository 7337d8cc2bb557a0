import { spawn } from "node:child_process";

export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Ends the program, and what it started, when it is aborted. */
  readonly signal?: AbortSignal;
  /** Lets the shell read `program` as a whole command line. */
  readonly shell?: boolean;
}

export interface RunResult {
  /** Exit status; undefined when a signal ended the program. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end, in a process group of its own: a Ctrl-C in the terminal reaches this process
 * alone, which ends the program and then cleans up.
 *
 * @throws What spawn throws when the program cannot be started, and the reason of an abort.
 */
export function run(program: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const { cwd, env, signal, shell = false } = options;
  signal?.throwIfAborted();
  const child = spawn(program, args, { cwd, env, shell, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const end = () => endGroup(child.pid);
  signal?.addEventListener("abort", end, { once: true });
  return new Promise<RunResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
      } else {
        resolve({ code: code ?? undefined, stdout: stdout(), stderr: stderr() });
      }
    });
  }).finally(() => signal?.removeEventListener("abort", end));
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) {
      process.kill(-pid, "SIGTERM");
    }
  } catch {
    // It has ended by itself meanwhile.
  }
}
