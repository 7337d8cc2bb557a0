import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../../functions/shared/message-of";
import { isSystemError } from "../../functions/shared/system-error";
import type { StackTarget } from "../stack-target";
import { parseState, type StateFile } from "../state-file";
import type { StackTerraform } from "../terraform/stack-terraform";

/** What was read of the state of an account. */
export type StateReading =
  | {
      readonly kind: "read";
      readonly state: StateFile;
      /** When it was last written, in ISO 8601, UTC; null where the backend does not say. */
      readonly appliedAt: string | null;
    }
  /** The account has no state. */
  | { readonly kind: "none" }
  | { readonly kind: "unreadable"; readonly error: string };

export type ReadState = (target: StackTarget) => Promise<StateReading>;

/** Reads states of the `local` backend, without Terraform: the file is the state. */
export function localStates(directory: string): ReadState {
  return ({ accountId }) => Promise.resolve(readLocal(path.join(directory, `${accountId}.tfstate`)));
}

function readLocal(file: string): StateReading {
  try {
    const text = readFileSync(file, "utf8");
    return readingOf(text, file, statSync(file).mtime.toISOString());
  } catch (error) {
    return isSystemError(error) && error.code === "ENOENT"
      ? { kind: "none" }
      : { kind: "unreadable", error: messageOf(error) };
  }
}

/**
 * Reads states of the other backends as Terraform does, without a lock. It does not say when a state was
 * written.
 *
 * @param signal Ends the reading; its reason is thrown.
 */
export function terraformStates(
  terraform: Pick<StackTerraform, "pullState">,
  signal: AbortSignal,
): ReadState {
  return async ({ name }) => {
    signal.throwIfAborted();
    try {
      return readingOf(await terraform.pullState(name), "the state", null);
    } catch (error) {
      return { kind: "unreadable", error: messageOf(error) };
    }
  };
}

/** Terraform takes an empty file for no state. */
function readingOf(text: string, place: string, appliedAt: string | null): StateReading {
  if (text.trim() === "") {
    return { kind: "none" };
  }
  const state = parseState(text);
  return state === undefined
    ? { kind: "unreadable", error: `${place}: expected a Terraform state of version 4` }
    : { kind: "read", state, appliedAt };
}
