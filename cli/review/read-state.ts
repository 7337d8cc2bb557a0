import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { messageOf } from "../../functions/shared/message-of";
import { isSystemError, withPath } from "../../functions/shared/system-error";
import type { LocalState } from "../../stacks/config/backend";
import { stateName } from "../../stacks/state/state-name";
import { parseJson } from "../parse-json";
import type { StackTarget } from "../stack-target";
import { parseState, type StateFile } from "../state-file";

/** What was read of the state of an account. */
export type StateReading =
  | {
      readonly kind: "read";
      readonly state: StateFile;
      /** When it was last written, in ISO 8601, UTC; null where the backend does not say. */
      readonly appliedAt: string | null;
    }
  /** The account has no state. */
  | {
      readonly kind: "none";
      /** @default - there is nothing more to say */
      readonly problem?: string;
    }
  | { readonly kind: "unreadable"; readonly error: string };

export type ReadState = (target: StackTarget) => Promise<StateReading>;

/** Reads states of the `local` backend: the file is the state. */
export function localStates(backend: LocalState): ReadState {
  return ({ accountId }) =>
    Promise.resolve(readLocal(path.join(backend.directory, stateName(backend, accountId))));
}

function readLocal(file: string): StateReading {
  try {
    const text = readFileSync(file, "utf8");
    return readingOf(text, file, statSync(file).mtime.toISOString());
  } catch (error) {
    return isSystemError(error) && error.code === "ENOENT"
      ? { kind: "none" }
      : { kind: "unreadable", error: messageOf(withPath(error, file)) };
  }
}

/**
 * What the text of a state says. Terraform takes an empty one for no state.
 *
 * @param place Where it was read, for the message of what is none.
 */
export function readingOf(text: string, place: string, appliedAt: string | null): StateReading {
  if (text.trim() === "") {
    return { kind: "none" };
  }
  const state = parseState(text);
  if (state !== undefined) {
    return { kind: "read", state, appliedAt };
  }
  return {
    kind: "unreadable",
    error: `${place}: expected a Terraform state of version 4, found ${describe(text)}`,
  };
}

/** What is no state. None of it is repeated: it may be anything. */
function describe(text: string): string {
  const found = parseJson(
    z.looseObject({ version: z.unknown(), encrypted_data: z.unknown() }).partial(),
    text,
  );
  if (found === undefined) {
    return "no JSON object";
  }
  if (found.encrypted_data !== undefined) {
    return "one that OpenTofu has encrypted";
  }
  const { version } = found;
  return typeof version === "number" && version !== 4
    ? `version ${version}`
    : "JSON without its serial, lineage or resources";
}
