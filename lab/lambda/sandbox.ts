import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { OutputCollector } from "./output-collector";

/** One run of a function. */
export interface Invocation {
  readonly requestId: string;
  readonly functionArn: string;
  /** JSON text. */
  readonly payload: string;
  /** Milliseconds by which `Date.now()` of the function is ahead of the machine. @default 0 */
  readonly aheadMs?: number;
}

/** How a run ended; `payload` is JSON text. */
export interface InvocationResult {
  readonly payload: string;
  /** Set when the function threw, timed out or ended its process. */
  readonly functionError?: "Unhandled";
  /** What the function printed during the run. */
  readonly output: string;
}

interface FunctionFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

type WorkerMessage =
  | { readonly type: "ready" }
  | { readonly type: "result"; readonly payload: string }
  | { readonly type: "error"; readonly error: FunctionFailure }
  | { readonly type: "failed-to-load"; readonly error: FunctionFailure };

export interface SandboxOptions {
  /** The whole environment of the process. */
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly timeoutMs: number;
}

/** Lambda's limit for loading a function. */
const LOAD_TIMEOUT_MS = 10_000;

/** A warm Node.js process with one function loaded. It runs one invocation at a time. */
export class Sandbox {
  private readonly options: SandboxOptions;
  private readonly child: ChildProcess;
  private readonly output: OutputCollector;
  private readonly ready: Promise<WorkerMessage>;
  private deliver: (message: WorkerMessage) => void = () => undefined;
  private isAlive = true;

  constructor(options: SandboxOptions) {
    this.options = options;
    this.child = spawn(process.execPath, [path.join(__dirname, "worker", "worker.mjs")], {
      cwd: options.folder,
      env: { ...options.environment },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      detached: true, // a Ctrl-C on the terminal goes to the lab alone
    });
    const { stdout, stderr } = this.child;
    this.output = new OutputCollector([stdout, stderr].filter((stream) => stream !== null));
    this.ready = this.next(LOAD_TIMEOUT_MS);
    this.child.on("message", (message) => this.deliver(message as WorkerMessage));
    this.child.on("error", (error) => this.end(`Error: Runtime did not start: ${error.message}`));
    this.child.on("close", (code, signal) => {
      const status = code === null ? `signal: ${signal}` : `exit status ${code}`;
      this.end(`Error: Runtime exited with error: ${status}`);
    });
  }

  /** False once the process has ended. */
  get alive(): boolean {
    return this.isAlive;
  }

  async run(invocation: Invocation): Promise<InvocationResult> {
    const loaded = await this.ready;
    if (loaded.type !== "ready") {
      return this.result(loaded, invocation.requestId);
    }
    const { timeoutMs } = this.options;
    const answer = this.next(timeoutMs);
    this.child.send({ aheadMs: 0, ...invocation, deadlineMs: Date.now() + timeoutMs });
    return this.result(await answer, invocation.requestId);
  }

  /** Ends the process. A run in progress ends with an error. */
  kill(): void {
    this.isAlive = false;
    this.child.kill("SIGKILL");
  }

  private next(timeoutMs: number): Promise<WorkerMessage> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        const seconds = (timeoutMs / 1000).toFixed(2);
        this.deliver(failure("Sandbox.Timedout", `Error: Task timed out after ${seconds} seconds`));
        this.kill();
      }, timeoutMs);
      this.deliver = (message) => {
        clearTimeout(timer);
        this.deliver = () => undefined;
        resolve(message);
      };
    });
  }

  private end(message: string): void {
    this.isAlive = false;
    this.output.close();
    this.deliver(failure("Runtime.ExitError", message));
  }

  private async result(message: WorkerMessage, requestId: string): Promise<InvocationResult> {
    const output = await this.output.take();
    if (message.type === "ready") {
      throw new TypeError("The worker answered an invocation with ready.");
    }
    if (message.type === "result") {
      return { payload: message.payload, output };
    }
    const { errorType, errorMessage, trace } = message.error;
    const byRuntime = errorType === "Sandbox.Timedout" || errorType === "Runtime.ExitError";
    const body = byRuntime
      ? { errorType, errorMessage: `RequestId: ${requestId} ${errorMessage}` }
      : { errorType, errorMessage, trace };
    return { payload: JSON.stringify(body), functionError: "Unhandled", output };
  }
}

function failure(errorType: string, errorMessage: string): WorkerMessage {
  return { type: "error", error: { errorType, errorMessage, trace: [] } };
}
