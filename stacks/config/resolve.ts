import type { TrustSettings } from "../../functions/contract";
import { resolveBackend } from "./resolve-backend";
import type { Account, Rollout } from "./rollout";
import type { RolloutFile } from "./schema";

/** What an account gets when neither it nor `defaults` says otherwise. */
const DEFAULT_SETTINGS = {
  mode: "enforce",
  notificationEmails: [],
  logRetentionDays: 365,
  deactivateAccessKeys: true,
  deleteLoginProfile: false,
  reservedConcurrency: undefined,
  attackSimulation: false,
} as const;

/** What the organization gets when the file does not say otherwise. */
export const DEFAULTS = {
  partition: "aws",
  deploymentRole: "OrganizationAccountAccessRole",
  /** The version the bindings @cdktf/provider-aws were made from. */
  providerVersion: "6.25.0",
  backend: { type: "local" },
  securityAccountName: "security",
  archiveRetentionDays: 90,
} as const;

/**
 * Applies the defaults to a checked file.
 *
 * @param directory Folder of the file; paths in it are relative to this.
 */
export function resolveRollout(file: RolloutFile, directory: string): Rollout {
  const { securityAccount } = file;
  return {
    organizationId: file.organizationId,
    partition: file.partition ?? DEFAULTS.partition,
    deploymentRole: file.deploymentRole ?? DEFAULTS.deploymentRole,
    providerVersion: file.providerVersion ?? DEFAULTS.providerVersion,
    backend: resolveBackend(file.backend ?? DEFAULTS.backend, directory),
    securityAccount: {
      name: securityAccount.name ?? DEFAULTS.securityAccountName,
      id: securityAccount.id,
      notificationEmails: securityAccount.notificationEmails ?? [],
      logRetentionDays: securityAccount.logRetentionDays ?? DEFAULT_SETTINGS.logRetentionDays,
      archiveRetentionDays: securityAccount.archiveRetentionDays ?? DEFAULTS.archiveRetentionDays,
    },
    waves: file.waves,
    accounts: file.accounts.map((account) => resolveAccount(file, account)),
  };
}

function resolveAccount(file: RolloutFile, { trust, ...account }: RolloutFile["accounts"][number]): Account {
  return {
    ...DEFAULT_SETTINGS,
    ...file.defaults,
    ...account,
    trust: mergeTrust(file.trust, trust),
  };
}

/** The organization's trust, then the account's own. */
export function mergeTrust(...parts: readonly RolloutFile["trust"][]): TrustSettings {
  return {
    creators: parts.flatMap((part) => part?.creators ?? []),
    users: parts.flatMap((part) => part?.users ?? []),
  };
}
