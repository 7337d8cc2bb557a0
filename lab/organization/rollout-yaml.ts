import { stringify } from "yaml";
import type { RolloutFile } from "../../stacks/config/schema";
import type { LabAccount } from "./accounts";

/** Versions of the provider that the lab accepts: the stacks use only what all of them support. */
export const PROVIDER_VERSIONS = ">= 5.100.0, < 7.0.0";

/** What the rollout in the lab covers. */
export interface LabRollout {
  readonly organizationId: string;
  readonly securityAccount: LabAccount;
  readonly memberAccounts: readonly LabAccount[];
  /** Accounts are in the first one unless `overrides` says otherwise. @default - one wave, `lab` */
  readonly waves?: readonly [string, ...string[]];
  /** Settings of single accounts, by name. */
  readonly overrides?: Readonly<Record<string, Partial<RolloutFile["accounts"][number]>>>;
  readonly trust?: RolloutFile["trust"];
  /** @default - every 15 minutes */
  readonly sweep?: RolloutFile["sweep"];
  /** With `guard`, which is deployed into it. */
  readonly managementAccount?: LabAccount;
  /** @default - off */
  readonly guard?: RolloutFile["guard"];
  /** @default - none */
  readonly drill?: RolloutFile["drill"];
  /** What the organization asks of every resource. @default - nothing */
  readonly resources?: Pick<RolloutFile, "tags" | "rolePath" | "permissionsBoundary">;
  /** Of the security account. @default - mail alone */
  readonly channels?: RolloutFile["securityAccount"]["channels"];
}

/**
 * The text of a `rollout.yaml` for the lab's organization, with the attack simulation in every target
 * account.
 */
export function labRolloutYaml(rollout: LabRollout): string {
  const { organizationId, securityAccount, memberAccounts, overrides = {}, trust } = rollout;
  const { managementAccount, guard, drill, sweep, channels } = rollout;
  const waves = rollout.waves ?? ["lab"];
  const file: RolloutFile = {
    organizationId,
    providerVersion: PROVIDER_VERSIONS,
    ...rollout.resources,
    securityAccount: {
      ...securityAccount,
      notificationEmails: ["security@example.com"],
      ...(channels !== undefined && { channels }),
    },
    defaults: { attackSimulation: true, notificationEmails: ["oncall@example.com"] },
    ...(trust !== undefined && { trust }),
    ...(sweep !== undefined && { sweep }),
    ...(guard !== undefined && { managementAccount, guard }),
    ...(drill !== undefined && { drill }),
    waves: [...waves],
    accounts: memberAccounts.map(({ name, id }) => ({ name, id, wave: waves[0], ...overrides[name] })),
  };
  // Every string is quoted: an account id without quotes would be a number.
  return stringify(file, { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" });
}
