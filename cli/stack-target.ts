import type { Rollout } from "../stacks/config/rollout";

/** A synthesized stack and the account it belongs to. */
export interface StackTarget {
  /** Name of the account and of its stack. */
  readonly name: string;
  /** 12 digits. */
  readonly accountId: string;
  /** Undefined for the security account, which comes before every wave. */
  readonly wave: string | undefined;
}

/** All stacks of an organization, in the order of the rollout: the security account, then wave after wave. */
export function stackTargets(rollout: Rollout): StackTarget[] {
  const { securityAccount, waves, accounts } = rollout;
  return [
    { name: securityAccount.name, accountId: securityAccount.id, wave: undefined },
    ...waves.flatMap((wave) =>
      accounts
        .filter((account) => account.wave === wave)
        .map(({ name, id }) => ({ name, accountId: id, wave })),
    ),
  ];
}
