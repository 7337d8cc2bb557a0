import { listing } from "../../functions/shared/text";
import type { Account } from "../../stacks/config/rollout";
import { describeEntry } from "../effects/trust-entries";

/** Entries that are named: the others are counted. */
const SHOWN = 3;

/** Whose users an account leaves alone, in a sentence. */
export function describeTrust({ creators, users }: Account["trust"]): string {
  const entries = [...creators, ...users].map(describeEntry);
  return entries.length === 0 ? "Trusts nobody." : `Leaves alone: ${listing(entries, SHOWN)}.`;
}
