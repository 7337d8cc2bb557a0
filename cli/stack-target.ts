import { guardAccount } from "../stacks/config/guard-targets";
import type { Rollout } from "../stacks/config/rollout";

/** A synthesized stack and the account it belongs to. */
export interface StackTarget {
  /** Name of the account and of its stack. */
  readonly name: string;
  /** 12 digits. */
  readonly accountId: string;
  /** Undefined for the security account, which comes before every wave, and for the guard. */
  readonly wave: string | undefined;
  /** The guard's stack, which comes after every wave. */
  readonly guard?: true;
}

/** The step of the rollout in which a stack is deployed. */
export type Phase = Pick<StackTarget, "wave" | "guard">;

/**
 * Name of a phase for people. No two phases have the same one: names of waves contain no space.
 */
export function phaseName({ wave, guard }: Phase): string {
  return wave ?? (guard === true ? "management account" : "security account");
}

/**
 * All stacks of an organization, in the order of the rollout: the security account, then wave after wave,
 * then the guard, when it is enabled.
 */
export function stackTargets(rollout: Rollout): StackTarget[] {
  const { securityAccount, waves, accounts } = rollout;
  const management = guardAccount(rollout);
  return [
    { name: securityAccount.name, accountId: securityAccount.id, wave: undefined },
    ...waves.flatMap((wave) =>
      accounts
        .filter((account) => account.wave === wave)
        .map(({ name, id }) => ({ name, accountId: id, wave })),
    ),
    ...(management === undefined
      ? []
      : [{ name: management.name, accountId: management.id, wave: undefined, guard: true as const }]),
  ];
}

/** The stacks of one phase. */
export interface PhaseStacks<T> {
  readonly phase: Phase;
  readonly stacks: readonly T[];
}

/** Groups stacks by phase, in their order. */
export function phasesOf<T>(stacks: readonly T[], targetOf: (stack: T) => StackTarget): PhaseStacks<T>[] {
  const phases = new Map<string, { phase: Phase; stacks: T[] }>();
  for (const stack of stacks) {
    const { wave, guard } = targetOf(stack);
    const phase: Phase = { wave, ...(guard && { guard }) };
    const group = phases.get(phaseName(phase)) ?? { phase, stacks: [] };
    group.stacks.push(stack);
    phases.set(phaseName(phase), group);
  }
  return [...phases.values()];
}
