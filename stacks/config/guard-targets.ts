import type { ManagementAccount, Rollout } from "./rollout";

/** What the guard is attached to. */
export interface GuardTarget {
  readonly kind: "account" | "unit";
  /** 12 digits, or the id of an organizational unit. */
  readonly id: string;
  /** For people. */
  readonly name: string;
}

type Scope = Pick<Rollout, "guard" | "securityAccount" | "accounts">;

/**
 * The organizational units that the configuration names, or else the security account, which every other
 * account relies on, and the target accounts of the guarded modes and waves.
 */
export function guardTargets({ guard, securityAccount, accounts }: Scope): GuardTarget[] {
  const { organizationalUnits, modes, waves } = guard;
  if (organizationalUnits !== undefined) {
    return organizationalUnits.map((id) => ({ kind: "unit", id, name: id }));
  }
  const guarded = accounts.filter(
    ({ mode, wave }) => modes.includes(mode) && (waves === undefined || waves.includes(wave)),
  );
  return [securityAccount, ...guarded].map(({ id, name }) => ({ kind: "account", id, name }));
}

/** The account that the guard's stack is deployed into; undefined while the guard is off. */
export function guardAccount({
  guard,
  managementAccount,
}: Pick<Rollout, "guard" | "managementAccount">): ManagementAccount | undefined {
  return guard.enabled ? managementAccount : undefined;
}
