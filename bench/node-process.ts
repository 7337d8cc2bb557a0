import { randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { runProgram, type ProgramOptions } from "../lab/run-program";

const HOOK = pathToFileURL(path.join(__dirname, "report-usage.mjs")).href;

/** What one Node.js process took, from its start to its end. */
export interface ProcessUsage {
  /** From the moment it is started until it is gone, in milliseconds. */
  readonly wallMs: number;
  /** User and system time of all its threads, in milliseconds; not of processes that it started. */
  readonly cpuMs: number;
  /**
   * The most memory it held at once (resident set), in MB of 1,000,000 bytes; not of processes that it
   * started.
   */
  readonly peakMb: number;
}

/**
 * Runs Node.js, the one that runs this, and measures it.
 *
 * @param args As on the command line after `node`.
 * @throws ProgramError with the end of its output when it does not end with exit code 0.
 */
export async function measureNode(args: readonly string[], options: ProgramOptions): Promise<ProcessUsage> {
  const usageFile = path.join(tmpdir(), `bench-usage-${randomUUID()}.json`);
  const started = performance.now();
  await runProgram(process.execPath, ["--import", HOOK, ...args], {
    ...options,
    environment: { ...options.environment, BENCH_USAGE_FILE: usageFile },
  });
  const wallMs = performance.now() - started;
  return { wallMs, ...readUsage(usageFile) };
}

function readUsage(file: string): Omit<ProcessUsage, "wallMs"> {
  const usage = JSON.parse(readFileSync(file, "utf8")) as NodeJS.ResourceUsage;
  rmSync(file);
  return {
    // Microseconds and kibibytes (Node.js, process.resourceUsage).
    cpuMs: (usage.userCPUTime + usage.systemCPUTime) / 1_000,
    peakMb: (usage.maxRSS * 1_024) / 1_000_000,
  };
}
