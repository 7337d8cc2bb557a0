import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { LabStartError } from "../shared/errors";

type MotoChild = ChildProcessByStdio<Writable, Readable, Readable>;

const START_TIMEOUT_MS = 60_000;
const KEPT_ERROR_LINES = 20;

/** moto's server in a child process that ends with this one. */
export interface MotoProcess {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface MotoProcessOptions {
  /** Interpreter that can import moto. */
  readonly python: string;
  readonly organizationId: string;
  /** Ids that Organizations assigns, in order: the management account first. */
  readonly accountIds: readonly string[];
}

/**
 * Starts moto's server on a free loopback port and waits until it listens.
 *
 * @throws LabStartError with moto's last lines when it ends or prints nothing within a minute.
 */
export async function startMoto(options: MotoProcessOptions): Promise<MotoProcess> {
  const child = spawn(options.python, [path.join(__dirname, "server.py")], {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true, // a Ctrl-C on the terminal goes to the lab alone, which then stops moto in order
    env: motoEnvironment(options),
  });
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    errors.push(line);
    if (errors.length > KEPT_ERROR_LINES) {
      errors.shift();
    }
  });
  try {
    const port = await firstPort(child);
    return { port, pid: child.pid ?? 0, stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw new LabStartError(`moto's server did not start: ${errors.slice(-5).join(" | ")}`, { cause: error });
  }
}

/**
 * Lambda's concurrency per account and Region, of which 100 cannot be reserved (Lambda quotas). Accounts new
 * to Lambda have 10 and can reserve nothing.
 */
const CONCURRENT_EXECUTIONS = "1000";

function motoEnvironment(options: MotoProcessOptions): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith("AWS_") && !name.startsWith("MOTO_"),
  );
  return {
    ...Object.fromEntries(inherited),
    MOTO_IAM_LOAD_MANAGED_POLICIES: "true",
    MOTO_LAMBDA_CONCURRENCY_QUOTA: CONCURRENT_EXECUTIONS,
    MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS: "false", // bucket policies, which could allow it, are not evaluated
    LAB_ORGANIZATION_ID: options.organizationId,
    LAB_ACCOUNT_IDS: JSON.stringify(options.accountIds),
    PYTHONDONTWRITEBYTECODE: "1",
  };
}

async function firstPort(child: MotoChild): Promise<number> {
  const abort = AbortSignal.timeout(START_TIMEOUT_MS);
  const lines = createInterface({ input: child.stdout });
  const line = once(lines, "line", { signal: abort }).then(([text]) => String(text));
  const ended = once(child, "exit", { signal: abort }).then(([code]): string => {
    throw new LabStartError(`exit code ${String(code)}`);
  });
  ended.catch(() => undefined);
  const announced = JSON.parse(await Promise.race([line, ended])) as { port: number };
  return announced.port;
}

async function stop(child: MotoChild): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
    return;
  }
  const ended = once(child, "exit");
  child.stdin.destroy();
  const force = setTimeout(() => child.kill("SIGKILL"), 2_000);
  await ended;
  clearTimeout(force);
}
