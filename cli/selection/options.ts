import { Option, type Command } from "commander";

/** What the operator selects with `--wave` and `--account`. */
export interface SelectionOptions {
  readonly wave?: readonly string[];
  readonly account?: readonly string[];
}

/** Adds `--wave` and `--account`, both repeatable. */
export function addSelectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "-w, --wave <name>",
        "only this wave, and the security account before it (repeatable)",
      ).argParser(collect),
    )
    .addOption(
      new Option(
        "-a, --account <name>",
        "only this account: name, id or glob such as 'pay*' (repeatable)",
      ).argParser(collect),
    );
}

function collect(value: string, earlier: readonly string[] | undefined): string[] {
  return [...(earlier ?? []), value];
}
