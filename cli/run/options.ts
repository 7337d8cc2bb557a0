import { totalmem } from "node:os";
import { InvalidArgumentError, Option, type Command } from "commander";

/** Options of every command that runs Terraform in many stacks. */
export interface RunOptions {
  readonly output: string;
  readonly concurrency: number;
  /** Milliseconds. */
  readonly lockTimeout: number;
  /** Milliseconds. */
  readonly retryFor: number;
  readonly json?: true;
}

/** Memory of Terraform and its provider at work on one stack, in bytes, with room to spare. */
const MEMORY_PER_STACK = 768 * 1024 ** 2;
const MOST_AT_ONCE = 12;

/**
 * Terraform waits for AWS more than it computes, so memory is the limit and not the processors: that of the
 * container, where there is one, else the machine's.
 */
export function defaultConcurrency(memoryBytes: number): number {
  return Math.min(Math.max(1, Math.floor(memoryBytes / MEMORY_PER_STACK)), MOST_AT_ONCE);
}

/**
 * What this process may use, in bytes. Node.js answers 0, or a number beyond all memory, where nothing limits
 * it.
 */
function availableBytes(): number {
  return Math.min(process.constrainedMemory() || Infinity, totalmem());
}

export function addRunOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "-c, --concurrency <count>",
        "accounts at work at once; each takes half a gigabyte of memory",
      )
        .argParser(wholeNumber(1))
        .default(defaultConcurrency(availableBytes())),
    )
    .addOption(
      new Option("--lock-timeout <time>", "how long a state lock that somebody holds is waited for")
        .argParser(duration)
        .default(duration("5m"), "5m"),
    )
    .addOption(
      new Option("--retry-for <time>", "how long throttling, network faults and refused roles are retried")
        .argParser(duration)
        .default(duration("1m"), "1m"),
    )
    .addOption(new Option("-o, --output <folder>", "folder for the synthesized stacks").default("cdktf.out"))
    .option("--json", "print the report as JSON on stdout; progress stays on stderr");
}

/** Reads a whole number from `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least) {
      throw new InvalidArgumentError(`Expected a whole number from ${least}.`);
    }
    return value;
  };
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** Reads `90s`, `5m` or `1h` as milliseconds. */
export function duration(text: string): number {
  const [, count, unit = ""] = /^(\d+)([smh])$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (count === undefined || factor === undefined) {
    throw new InvalidArgumentError("Expected a time such as 90s, 5m or 1h.");
  }
  return Number(count) * factor;
}
