import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { eventually } from "../eventually";

const CLI = path.join(__dirname, "../../../cli/quarantine.mjs");

/** Terraform loads the provider for each of its commands, and the machine may be busy. */
const SAID_WITHIN_MS = 400_000;

/** Terraform saves its state and releases the lock meanwhile. */
const STOPPED_WITHIN_MS = 60_000;

export interface CliOptions {
  readonly cwd: string;
  /** Added to this process's environment; a variable that is undefined is taken away. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How a command line ended. */
export interface CliEnd {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The real command line in a process group of its own, as a shell starts it: signals reach the whole group,
 * as Ctrl-C does.
 */
export class CliProcess {
  readonly ended: Promise<CliEnd>;
  private readonly child: ChildProcess;
  private stdout = "";
  private stderr = "";
  private over = false;

  constructor(args: readonly string[], { cwd, env }: CliOptions) {
    const child = spawn(process.execPath, [CLI, ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.child = child;
    this.ended = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        this.over = true;
        const { stdout, stderr } = this;
        resolve({ code: code ?? undefined, signal: signal ?? undefined, stdout, stderr });
      });
    });
  }

  /** Waits until its progress says something; fails with all that it said when it ends before. */
  async says(pattern: RegExp): Promise<void> {
    await this.until(`"${pattern.source}"`, () => pattern.test(this.stderr));
  }

  /** Waits for something outside; fails with all that it said when it ends before. */
  async until(what: string, holds: () => boolean): Promise<void> {
    const look = () => {
      if (holds()) {
        return true;
      }
      if (this.over) {
        throw new Error(`It ended before ${what}:\n${this.stderr}\n${this.stdout}`);
      }
      return undefined;
    };
    await eventually(what, look, SAID_WITHIN_MS);
  }

  /** Signals the group of the command line. */
  signal(name: NodeJS.Signals): void {
    if (this.child.pid === undefined) {
      throw new Error("The command line was not started.");
    }
    process.kill(-this.child.pid, name);
  }

  /** Asks it to end, unless it has; makes it end after a while. */
  stop(): void {
    if (!this.over) {
      this.signal("SIGTERM");
      const kill = setTimeout(() => this.signal("SIGKILL"), STOPPED_WITHIN_MS);
      this.child.once("close", () => clearTimeout(kill));
    }
  }
}
