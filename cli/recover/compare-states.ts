import { isDeepStrictEqual } from "node:util";
import type { State } from "./state";

/** What can be done with an unsaved state. */
export type Recovery =
  /** It is in the backend already. */
  | { readonly kind: "saved" }
  /** Saving it overwrites nothing newer, if Terraform accepts a state with this serial. */
  | { readonly kind: "save"; readonly serial: number }
  | { readonly kind: "refuse"; readonly reason: string };

/** The account of the state, and the backend. */
export interface StatePlace {
  /** 12 digits. */
  readonly accountId: string;
  /** `local`, `s3` or `cloud`. */
  readonly backend: string;
}

/**
 * Decides by lineage and serial. In a local file, a failed save may leave two different states with the same
 * serial. In other backends the current serial stays lower, and an equal one means that another apply has run
 * since.
 *
 * @param errored The state that was not saved.
 * @param current The state in the backend; undefined when there is none.
 */
export function compareStates(
  errored: State,
  current: State | undefined,
  { accountId, backend }: StatePlace,
): Recovery {
  const foreign = errored.accounts.filter((account) => account !== accountId);
  if (foreign.length > 0) {
    return refusal(`The state that was not saved holds resources of account ${foreign.join(", ")}.`);
  }
  if (current === undefined) {
    return { kind: "save", serial: errored.serial };
  }
  if (isSame(errored, current)) {
    return { kind: "saved" };
  }
  if (errored.lineage !== current.lineage) {
    return refusal(
      `The lineages differ: ${errored.lineage} was not saved, ${current.lineage} is current. ` +
        "The file belongs to another account, or the account has been deployed again in the meantime.",
    );
  }
  if (errored.serial < current.serial || (errored.serial === current.serial && backend !== "local")) {
    return refusal(
      `The current state is not older: its serial is ${current.serial}, that of the state that was not saved ` +
        `${errored.serial}. Something has applied since.`,
    );
  }
  return { kind: "save", serial: Math.max(errored.serial, current.serial + 1) };
}

function refusal(reason: string): Recovery {
  return { kind: "refuse", reason };
}

/** Resources that one state has and the other lacks. */
export function onlyIn(state: State | undefined, other: State | undefined): string[] {
  const known = new Set(other?.resources);
  return (state?.resources ?? []).filter((resource) => !known.has(resource));
}

/** Terraform may reformat a state when it saves it, and a recovery increases its serial. */
function isSame(a: State, b: State): boolean {
  return isDeepStrictEqual(withoutSerial(a), withoutSerial(b));
}

function withoutSerial({ text }: State): unknown {
  return { ...(JSON.parse(text) as object), serial: undefined };
}
