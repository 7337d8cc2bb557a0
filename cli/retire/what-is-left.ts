import { guardAccount, guardTargets } from "../../stacks/config/guard-targets";
import type { Rollout } from "../../stacks/config/rollout";
import type { RetiredStacks } from "./select-retired";

/**
 * What is left to do after the stacks are destroyed: accounts that the next rollout would deploy again; the
 * guard, which stays attached to a retired account until it is rolled out without the account; and what was
 * kept.
 *
 * @param keepsLogs Whether logs and dead letters were kept.
 */
export function whatIsLeft(rollout: Rollout, retired: RetiredStacks, keepsLogs: boolean): string[] {
  const kept = keepsLogs
    ? [
        "Kept in each account and in its state, so that a later rollout uses them again: the log groups, and the dead-letter queue with its messages. " +
          "To destroy them too, run the same command with --delete-logs, before you remove anything in rollout.yaml.",
      ]
    : [];
  return retired.security.length > 0
    ? ["Nothing is deployed any more. docs/uninstall.md says what stays in the accounts.", ...kept]
    : [...toRemove(rollout, retired), ...kept];
}

function toRemove(rollout: Rollout, { guard, accounts }: RetiredStacks): string[] {
  const names = accounts.map(({ name }) => name);
  const isGuardGone = guard.length > 0;
  const steps = [
    ...(isGuardGone ? ["set guard.enabled to false"] : []),
    ...(names.length > 0 ? [`remove ${names.join(", ")}`] : []),
  ];
  const management = isGuardGone ? undefined : guardAccount(rollout);
  const guarded = guardTargets(rollout).filter(({ id }) =>
    accounts.some(({ accountId }) => accountId === id),
  );
  return [
    `Now ${steps.join(" and ")} in rollout.yaml: otherwise the next rollout deploys it again.`,
    ...(management !== undefined && guarded.length > 0
      ? [
          `Then detach the guard from ${guarded.map(({ name }) => name).join(", ")}, where it still refuses calls: ` +
            `npm run quarantine -- rollout --account ${management.name}`,
        ]
      : []),
  ];
}
