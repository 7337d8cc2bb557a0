import { listing } from "../../functions/shared/text";
import type { Rollout } from "../../stacks/config/rollout";
import type { Report, StackReport } from "../report/report";

/** Most addresses, and most accounts, that are named. */
const NAMED = 5;

/**
 * What an operator should do after a rollout, in order: only steps that apply to the completed accounts, each
 * with its command or document.
 */
export function nextSteps(
  { stacks }: Pick<Report, "stacks">,
  { drill, guard }: Pick<Rollout, "drill" | "guard">,
): string[] {
  const done = stacks.filter(({ outcome }) => outcome === "applied" || outcome === "unchanged");
  const enforcing = done.filter(({ mode }) => mode === "enforce");
  const observing = done.filter(({ mode }) => mode === "observe");
  const isNew = enforcing.some(({ outcome }) => outcome === "applied");
  return [
    ...confirmations(done),
    ...(isNew ? [proof(enforcing, drill.everyHours > 0)] : []),
    ...(observing.length === 0
      ? []
      : [
          `See what enforce would have done in ${namesOf(observing)}, before you set it there: ` +
            "npm run quarantine -- replay --days 90 (docs/adopt.md)",
        ]),
    ...(enforcing.length === 0 || guard.enabled
      ? []
      : [
          `Turn on the guard: ${namesOf(enforcing)} ${enforcing.length === 1 ? "enforces" : "enforce"}, ` +
            "and without it an administrator of the account can undo a quarantine (docs/guard.md).",
        ]),
  ];
}

function confirmations(done: readonly StackReport[]): string[] {
  const accounts = new Map<string, StackReport[]>();
  for (const stack of done) {
    for (const address of stack.unconfirmed ?? []) {
      accounts.set(address, [...(accounts.get(address) ?? []), stack]);
    }
  }
  if (accounts.size === 0) {
    return [];
  }
  const count = [...accounts.values()].flat().length;
  const addresses = [...accounts].map(([address, stacks]) => `${address} for ${namesOf(stacks)}`);
  return [
    // The SNS API reference, Subscribe: "Confirmation tokens are valid for two days."
    `Have ${count === 1 ? "1 mail subscription" : `${count} mail subscriptions`} confirmed, within two days ` +
      `of the mail from AWS: ${listing(addresses, NAMED)}. Until then, nothing is mailed there.`,
  ];
}

function proof(enforcing: readonly StackReport[], hasDrill: boolean): string {
  return hasDrill
    ? `Test the response in ${namesOf(enforcing)}: npm run quarantine -- drill`
    : "Test the response regularly: set drill.everyHours to 24 in rollout.yaml, roll out, then npm run quarantine -- drill";
}

function namesOf(stacks: readonly StackReport[]): string {
  const [first] = stacks;
  return stacks.length === 1 && first !== undefined
    ? first.name
    : `${stacks.length.toLocaleString("en-US")} accounts`;
}
