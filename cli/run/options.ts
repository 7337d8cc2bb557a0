import { totalmem } from "node:os";
import { Option, type Command } from "commander";
import { DEFAULT_OUTDIR } from "../../stacks/state/errored-states";
import { duration, wholeNumber } from "../option-values";

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

/** Memory that Terraform and its provider need for one stack, in bytes, with room to spare. */
const MEMORY_PER_STACK = 768 * 1024 ** 2;
const MOST_AT_ONCE = 12;

/**
 * Terraform waits for AWS more than it computes, so memory is the limit and not CPU: the container's memory
 * if there is a container, otherwise the machine's.
 */
export function defaultConcurrency(memoryBytes: number): number {
  return Math.min(Math.max(1, Math.floor(memoryBytes / MEMORY_PER_STACK)), MOST_AT_ONCE);
}

/**
 * Memory that this process may use, in bytes. Without a limit, Node.js returns 0 or more than the machine
 * has.
 */
function availableBytes(): number {
  return Math.min(process.constrainedMemory() || Infinity, totalmem());
}

/** `--concurrency`, for commands that run Terraform. */
export function concurrencyOption(): Option {
  return new Option(
    "-c, --concurrency <count>",
    "accounts to process at once; each needs half a gigabyte of memory",
  )
    .argParser(wholeNumber(1))
    .default(defaultConcurrency(availableBytes()));
}

/** `--output`, for commands that synthesize. */
export function outputOption(): Option {
  return new Option("-o, --output <folder>", "folder for the synthesized stacks").default(DEFAULT_OUTDIR);
}

/** `--retry-for`, for commands that run Terraform. */
export function retryOption(): Option {
  return new Option(
    "--retry-for <time>",
    "how long to retry throttling, network errors and roles that cannot be assumed",
  )
    .argParser(duration)
    .default(duration("1m"), "1m");
}

export function addRunOptions(command: Command): Command {
  return command
    .addOption(concurrencyOption())
    .addOption(
      new Option("--lock-timeout <time>", "how long to wait for a state lock that someone else holds")
        .argParser(duration)
        .default(duration("5m"), "5m"),
    )
    .addOption(retryOption())
    .addOption(outputOption())
    .option("--json", "print the report as JSON on stdout; progress goes to stderr");
}
