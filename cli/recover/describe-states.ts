import Table from "cli-table3";
import { onlyIn } from "./compare-states";
import type { State } from "./state";

/** Longest list of addresses: the largest stack has fewer. */
const MOST_ADDRESSES = 60;

/** The state in the backend. */
export interface CurrentState {
  /** The text that was read; empty if there is no state. */
  readonly text: string;
  /** Undefined when there is none, or it cannot be read. */
  readonly state?: State | undefined;
  /** The file of a local state that cannot be read. */
  readonly unreadable?: string;
}

/** Both states next to each other, and the resources that only one of them has. */
export function describeStates(errored: State, { text, state, unreadable }: CurrentState): string {
  const table = new Table({
    head: ["", "not saved", "current"],
    style: { head: [], border: [], compact: true },
  });
  const none = unreadable === undefined ? "none" : `unreadable, ${text.length} characters of ${unreadable}`;
  const lineage = state?.lineage === errored.lineage ? "the same" : state?.lineage;
  table.push(
    ["serial", errored.serial, state?.serial ?? none],
    ["lineage", errored.lineage, lineage ?? ""],
    ["resources", errored.resources.length, state?.resources.length ?? ""],
  );
  return [
    table.toString(),
    ...describeList("Only in the state that was not saved", onlyIn(errored, state)),
    ...(state === undefined ? [] : describeList("Only in the current state", onlyIn(state, errored))),
  ].join("\n");
}

function describeList(title: string, addresses: readonly string[]): string[] {
  const more = addresses.length - MOST_ADDRESSES;
  return addresses.length === 0
    ? [`${title}: nothing`]
    : [
        `${title}:`,
        ...addresses.slice(0, MOST_ADDRESSES).map((address) => `  ${address}`),
        ...(more > 0 ? [`  and ${more} more`] : []),
      ];
}
