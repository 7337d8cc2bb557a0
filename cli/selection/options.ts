import type { Command } from "commander";
import { repeatable } from "../option-values";

/** Which stacks the operator selects. */
export interface SelectionOptions {
  readonly wave?: readonly string[];
  readonly account?: readonly string[];
  /** File that lists accounts, separated by spaces or line breaks; `-` is stdin. */
  readonly accountsFrom?: string;
}

/**
 * Adds `--wave`, `--account` and `--accounts-from`.
 *
 * @param ofWave What `--wave` selects.
 */
export function addSelectionOptions(
  command: Command,
  ofWave = "only this wave, and the security account before it",
): Command {
  return command
    .addOption(repeatable("-w, --wave <name>", ofWave))
    .addOption(
      repeatable("-a, --account <name>", "only this account: a name, an id or a glob such as 'pay*'"),
    )
    .option(
      "--accounts-from <file>",
      "only the accounts listed in this file, separated by spaces or line breaks; - reads stdin. " +
        "An empty list selects no account",
    );
}
