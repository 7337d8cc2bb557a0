import { readFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { Option, type Command } from "commander";
import { messageOf } from "../../functions/shared/message-of";
import { UsageError } from "../errors";
import type { Shell } from "../shell";
import type { StackTarget } from "../stack-target";
import type { SelectionOptions } from "./options";
import { selectTargets } from "./select";

export interface AccountsFromOptions extends SelectionOptions {
  /** File that lists accounts, with spaces or line breaks between them; `-` is stdin. */
  readonly accountsFrom?: string;
}

/** Adds `--accounts-from`. */
export function addAccountsFromOption(command: Command): Command {
  return command.addOption(
    new Option(
      "--accounts-from <file>",
      "only the accounts that this file lists, with spaces or line breaks between them; - is stdin. An empty list selects no account",
    ),
  );
}

/**
 * The accounts that `--accounts-from` lists; undefined without that option. An empty list is a list: no
 * account.
 *
 * @throws UsageError when the file cannot be read.
 */
export async function readAccountsFrom(
  { accountsFrom }: AccountsFromOptions,
  { cwd, stdin }: Pick<Shell, "cwd" | "stdin">,
): Promise<string[] | undefined> {
  if (accountsFrom === undefined) {
    return undefined;
  }
  const list = accountsFrom === "-" ? await text(stdin) : readList(path.resolve(cwd, accountsFrom));
  return list.split(/\s+/).filter((name) => name !== "");
}

function readList(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new UsageError(`--accounts-from: ${messageOf(cause)}`);
  }
}

/**
 * The stacks that `--wave` and `--account` select and that are on the list as well. A listed account that
 * they leave out is no mistake: one list serves every wave.
 *
 * @param listed What `--accounts-from` lists; undefined is every account.
 * @throws UsageError for what {@link selectTargets} refuses, in the list too.
 */
export function selectListed(
  targets: readonly StackTarget[],
  options: SelectionOptions,
  listed: readonly string[] | undefined,
): StackTarget[] {
  const selected = selectTargets(targets, options);
  if (listed === undefined) {
    return selected;
  }
  const onList = new Set(selectTargets(targets, { account: listed }));
  return selected.filter((target) => onList.has(target));
}
