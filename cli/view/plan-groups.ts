import { listing } from "../../functions/shared/text";
import { effectLines, type Effect, type EffectLine } from "../effects/effect";
import type { ChangeCounts, ResourceChange } from "../terraform/messages";

/** A stack that a plan changes. */
export interface ChangedStack {
  readonly name: string;
  readonly accountId: string;
  readonly effects: readonly Effect[];
  readonly resources: readonly ResourceChange[];
  readonly counts: ChangeCounts;
}

/**
 * Stacks with the same changes. Most accounts of an organization change in the same way, and people read each
 * change once.
 */
export interface PlanGroup {
  readonly first: ChangedStack;
  readonly stacks: readonly ChangedStack[];
  /** The effects, those that weaken first. */
  readonly lines: readonly EffectLine[];
  /** By address. */
  readonly resources: readonly ResourceChange[];
}

/** Groups stacks with the same changes, those that are weakened first. */
export function groupPlans(stacks: readonly ChangedStack[]): PlanGroup[] {
  const groups = new Map<string, PlanGroup>();
  for (const stack of stacks) {
    const lines = effectLines(stack.effects);
    const resources = [...stack.resources].sort((a, b) => (a.address < b.address ? -1 : 1));
    const key = JSON.stringify([lines, resources.map(({ action, address }) => [action, address])]);
    const { first = stack, stacks: others = [] } = groups.get(key) ?? {};
    groups.set(key, { first, lines, resources, stacks: [...others, stack] });
  }
  const all = [...groups.values()];
  return [...all.filter(isWeakened), ...all.filter((group) => !isWeakened(group))];
}

export function isWeakened({ lines }: Pick<PlanGroup, "lines">): boolean {
  return lines.some(({ weakens }) => weakens);
}

/** Most accounts that are named. The table of results has all of them. */
const NAMED = 8;

/**
 * `payments (444455556666)`, or `500 accounts: payments (444455556666), ... and 492 more`.
 *
 * @param show How one account is shown.
 */
export function namesOf(
  stacks: readonly ChangedStack[],
  show = ({ name, accountId }: ChangedStack) => `${name} (${accountId})`,
): string {
  const count = stacks.length > NAMED ? `${stacks.length.toLocaleString("en-US")} accounts: ` : "";
  return `${count}${listing(stacks.map(show), NAMED)}`;
}

/** One line that says how many accounts are weakened; undefined when none is. */
export function weakenedLine(groups: readonly PlanGroup[]): string | undefined {
  const count = groups.filter(isWeakened).reduce((sum, { stacks }) => sum + stacks.length, 0);
  return count === 0
    ? undefined
    : `This weakens the protection of ${count.toLocaleString("en-US")} ${count === 1 ? "account" : "accounts"}, marked with !`;
}
