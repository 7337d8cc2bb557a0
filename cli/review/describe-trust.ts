import { listing } from "../../functions/shared/text";
import type { Account } from "../../stacks/config/rollout";

type Trust = Account["trust"];
type Entry = Trust["creators"][number] | Trust["users"][number];

/** Entries that are named: the others are counted. */
const SHOWN = 3;

/** Whose users an account leaves alone, in a sentence. */
export function describeTrust({ creators, users }: Trust): string {
  const entries = [
    ...creators.map(
      (entry) =>
        `users of ${entry.arn}${entry.invokedBy === undefined ? "" : ` through ${entry.invokedBy}`}${limits(entry)}`,
    ),
    ...users.map((entry) => `any creator's users${limits(entry)}`),
  ];
  return entries.length === 0 ? "Trusts nobody." : `Leaves alone: ${listing(entries, SHOWN)}.`;
}

function limits({ paths, names, until }: Entry): string {
  const parts = [
    ...(paths === undefined ? [] : [`on ${paths.join(" or ")}`]),
    ...(names === undefined ? [] : [`named ${names.join(" or ")}`]),
    ...(until === undefined ? [] : [`until ${until}`]),
  ];
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}
