import type { State } from "./state";

/** What can be done with a state that was not saved. */
export type Recovery =
  /** It is in the backend already. */
  | { readonly kind: "saved" }
  /** Nothing newer would be overwritten. `force` is needed where Terraform cannot see that. */
  | { readonly kind: "save"; readonly force: boolean }
  | { readonly kind: "refuse"; readonly reason: string };

/**
 * Decides by what Terraform numbers states with. A failed save often leaves two different states with one
 * serial, since Terraform counts before it writes: `terraform state push` refuses that without -force.
 *
 * @param errored The state that was not saved.
 * @param current The state in the backend; undefined when there is none.
 */
export function compareStates(errored: State, current: State | undefined): Recovery {
  if (current === undefined) {
    return { kind: "save", force: false };
  }
  if (isSame(errored, current)) {
    return { kind: "saved" };
  }
  if (errored.lineage !== current.lineage) {
    return {
      kind: "refuse",
      reason:
        `The lineages differ: ${errored.lineage} was not saved, ${current.lineage} is current. ` +
        "The file belongs to another account, or the account was deployed anew since.",
    };
  }
  if (errored.serial < current.serial) {
    return {
      kind: "refuse",
      reason:
        `The current state is newer: its serial is ${current.serial}, that of the state that was not saved ` +
        `${errored.serial}. Something has applied since.`,
    };
  }
  return { kind: "save", force: errored.serial === current.serial };
}

/** Addresses of the resources that one state has and the other lacks. */
export function onlyIn(state: State | undefined, other: State | undefined): string[] {
  const known = new Set(other?.resources);
  return (state?.resources ?? []).filter((address) => !known.has(address));
}

/** Terraform may format a state anew when it saves it. */
function isSame(a: State, b: State): boolean {
  return a.text === b.text || JSON.stringify(JSON.parse(a.text)) === JSON.stringify(JSON.parse(b.text));
}
