import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** How one invocation went, as its process measured it. */
export interface Invoked {
  /** What the handler threw. */
  readonly error?: string;
  /** Name of that error, as Lambda reports it. */
  readonly errorType?: string;
  readonly wallMs: number;
  /** User and system time of all threads, in milliseconds. */
  readonly cpuMs: number;
  /** The most memory the process held so far (resident set), in MB of 1,000,000 bytes. */
  readonly peakMb: number;
}

/** One execution environment: a process that runs one function, one invocation at a time. */
export class FunctionProcess {
  /** When it was started, on the clock of `performance.now()`. */
  readonly startedAt = performance.now();
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly answers: AsyncIterator<Invoked>;
  private complaints = "";

  /** @param command the program and its arguments: a runner that speaks as `run.mjs` does */
  constructor([program = "", ...args]: readonly string[], environment: Readonly<Record<string, string>>) {
    this.child = spawn(program, args, { env: { ...environment }, stdio: ["pipe", "pipe", "pipe"] });
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => (this.complaints += text));
    this.child.stdin.on("error", () => undefined); // a process that died says why on its standard error
    this.answers = answersOf(this.child.stdout);
  }

  async invoke(event: object, requestId: string, timeoutMs = 60_000): Promise<Invoked> {
    this.child.stdin.write(`${JSON.stringify({ event, requestId, timeoutMs })}\n`);
    const next = await this.answers.next();
    if (next.done) {
      throw new Error(`expected an answer of the function, got the end of it: ${this.complaints}`);
    }
    return next.value;
  }

  /** Ends the process at once, as Lambda does when a function's time is up. */
  kill(): void {
    this.child.kill("SIGKILL");
  }

  async end(): Promise<void> {
    const gone = once(this.child, "close");
    this.child.stdin.end();
    await gone;
  }
}

const MARK = "bench: ";

async function* answersOf(output: Readable): AsyncGenerator<Invoked, undefined> {
  for await (const line of createInterface({ input: output })) {
    if (line.startsWith(MARK)) {
      yield JSON.parse(line.slice(MARK.length)) as Invoked;
    }
  }
  return undefined;
}
