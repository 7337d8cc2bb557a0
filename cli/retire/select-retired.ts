import { UsageError } from "../errors";
import type { SelectionOptions } from "../selection/options";
import { selectStacks } from "../selection/select-stacks";
import type { Shell } from "../shell";
import type { StackTarget } from "../stack-target";

/** The stacks to retire, in this order. */
export interface RetiredStacks {
  readonly accounts: readonly StackTarget[];
  /** It protects the accounts that are not retired yet, so it is retired after every selected account. */
  readonly guard: readonly StackTarget[];
  /** All others forward to it. */
  readonly security: readonly StackTarget[];
}

/**
 * The stacks that the command line selects. Globs, waves and lists only select target accounts: the guard and
 * the security account must be named.
 *
 * @param names Names, ids and globs that the command was given.
 * @throws UsageError when the security account is named without all others, and for what {@link selectStacks}
 * refuses.
 */
export async function selectRetired(
  all: readonly StackTarget[],
  names: readonly string[],
  options: SelectionOptions,
  shell: Pick<Shell, "cwd" | "stdin">,
): Promise<RetiredStacks> {
  const patterns = [...names, ...(options.account ?? [])];
  const selected = await selectStacks(
    all,
    { ...options, ...(patterns.length > 0 && { account: patterns }) },
    shell,
  );
  const isNamed = ({ name, accountId }: StackTarget) =>
    patterns.includes(name) || patterns.includes(accountId);
  const retired: RetiredStacks = {
    accounts: selected.filter((target) => target.wave !== undefined),
    guard: selected.filter((target) => target.guard === true && isNamed(target)),
    security: selected.filter((target) => isSecurity(target) && isNamed(target)),
  };
  const [security] = retired.security;
  const count = retired.guard.length + retired.accounts.length + retired.security.length;
  if (security !== undefined && count < all.length) {
    const guard = all.find((target) => target.guard === true);
    throw new UsageError(
      `${security.name} is the security account, to which all other accounts forward events: it is retired with all others, and last. ` +
        "Accounts that are retired already have nothing left to destroy, so name all of them: " +
        `npm run quarantine -- retire '*' ${guard === undefined ? "" : `${guard.name} `}${security.name} (docs/uninstall.md)`,
    );
  }
  return retired;
}

function isSecurity({ wave, guard }: StackTarget): boolean {
  return wave === undefined && guard !== true;
}
