import type { Command } from "commander";
import { repeatable } from "../repeatable";

/** What the operator selects with `--wave` and `--account`. */
export interface SelectionOptions {
  readonly wave?: readonly string[];
  readonly account?: readonly string[];
}

/** Adds `--wave` and `--account`, both repeatable. */
export function addSelectionOptions(command: Command): Command {
  return command
    .addOption(repeatable("-w, --wave <name>", "only this wave, and the security account before it"))
    .addOption(repeatable("-a, --account <name>", "only this account: name, id or glob such as 'pay*'"));
}
