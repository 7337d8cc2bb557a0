import { readFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { messageOf } from "../../functions/shared/message-of";
import type { Account, Rollout } from "../../stacks/config/rollout";
import { UsageError } from "../errors";
import type { Shell } from "../shell";
import { stackTargets, type StackTarget } from "../stack-target";
import type { SelectionOptions } from "./options";
import { selectTargets } from "./select-targets";

/**
 * The stacks that the command line selects, in the order of the rollout.
 *
 * @throws UsageError when the list of `--accounts-from` cannot be read, and for what {@link selectTargets}
 * refuses, in the list too.
 */
export async function selectStacks(
  targets: readonly StackTarget[],
  options: SelectionOptions,
  shell: Pick<Shell, "cwd" | "stdin">,
): Promise<StackTarget[]> {
  return selectListed(targets, options, await readAccountsFrom(options, shell));
}

/**
 * The target accounts that the command line selects, in the order of `rollout.yaml`: nothing quarantines
 * users in the others.
 *
 * @throws UsageError as {@link selectStacks}, and when no account is selected.
 */
export async function selectTargetAccounts(
  rollout: Rollout,
  options: SelectionOptions,
  shell: Pick<Shell, "cwd" | "stdin">,
): Promise<Account[]> {
  const targets = stackTargets(rollout).filter(({ wave }) => wave !== undefined);
  const selected = new Set((await selectStacks(targets, options, shell)).map(({ accountId }) => accountId));
  if (selected.size === 0) {
    throw new UsageError("No account is selected: there is nothing to do");
  }
  return rollout.accounts.filter(({ id }) => selected.has(id));
}

/**
 * The stacks that `--wave` and `--account` select and that are on the list as well. A listed account that
 * they do not select is no error: one list serves every wave.
 *
 * @param listed What `--accounts-from` lists; undefined is every account.
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

/**
 * The accounts that `--accounts-from` lists; undefined without that option. An empty list is a list: no
 * account.
 */
async function readAccountsFrom(
  { accountsFrom }: SelectionOptions,
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
