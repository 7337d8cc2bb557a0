import type { Rollout } from "../../stacks/config/rollout";

/** Values for settings that are off. None of them appears in a name or an ARN. */
const DRILL_HOURS = 24;
const SWEEP_MINUTES = 15;
const CHANNEL = { minimumSeverity: "MEDIUM" } as const;

/**
 * The same organization with every setting on, so that the policies of a role need not change with the
 * settings: the role deletes what is turned off, and creates what is turned on. The guard is turned on if
 * `managementAccount` is configured. Webhooks stay as configured: a role that may use any connection could
 * send its credentials anywhere.
 */
export function withEverySetting(rollout: Rollout): Rollout {
  const { securityAccount, managementAccount, guard, sweep, drill } = rollout;
  const { channels } = securityAccount;
  return {
    ...rollout,
    accounts: rollout.accounts.map((account) => ({
      ...account,
      mode: "enforce",
      attackSimulation: true,
      deactivateAccessKeys: true,
      deleteLoginProfile: true,
      reservedConcurrency: account.reservedConcurrency ?? 1,
      notificationEmails: someone(account.notificationEmails),
    })),
    securityAccount: {
      ...securityAccount,
      dashboard: true,
      notificationEmails: someone(securityAccount.notificationEmails),
      channels: { ...channels, securityHub: channels.securityHub ?? CHANNEL, chat: channels.chat ?? CHANNEL },
    },
    sweep: { ...sweep, everyMinutes: sweep.everyMinutes || SWEEP_MINUTES },
    drill: { ...drill, everyHours: drill.everyHours || DRILL_HOURS },
    guard: { ...guard, enabled: managementAccount !== undefined },
  };
}

function someone(emails: readonly string[]): string[] {
  return emails.length > 0 ? [...emails] : ["someone@example.com"];
}
