import type { Rollout } from "../../stacks/config/rollout";
import { escapeControlCharacters } from "../escape-control-characters";
import type { StackTarget } from "../stack-target";
import { readAccounts } from "../users/read-accounts";
import { isQuarantined } from "../users/user-status";

/**
 * A line for each user that is still quarantined in the accounts, and for each account that cannot be read,
 * whose users may be quarantined.
 */
export async function stillQuarantined(
  rollout: Rollout,
  targets: readonly StackTarget[],
  concurrency: number,
): Promise<string[]> {
  const ids = new Set(targets.map(({ accountId }) => accountId));
  const accounts = rollout.accounts.filter(({ id }) => ids.has(id));
  const readings = await readAccounts(rollout, accounts, concurrency);
  return readings.flatMap((reading) => {
    const where = `  ${reading.account.name} (${reading.account.id})`;
    return reading.kind === "unreadable"
      ? [`${where}: its users could not be read: ${reading.error}`]
      : reading.users.filter(isQuarantined).map(({ userName, deniedBy }) => {
          const how = deniedBy.length > 0 ? `denied by ${deniedBy.join(", ")}` : "by its tags alone";
          return `${where}: ${escapeControlCharacters(userName)}, ${how}`;
        });
  });
}
