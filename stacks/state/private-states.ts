import { chmodSync, mkdirSync, statSync } from "node:fs";
import { messageOf } from "../../functions/shared/message-of";

/** The rights of everybody but the owner. */
const OF_OTHERS = 0o077;
const OWNER_ONLY = 0o700;

/**
 * Makes the folder of local states, and closes one that is open to other users of the machine: Terraform
 * gives its states and their backups the rights of every new file.
 *
 * @returns Lines for the operator: none when the folder was closed.
 */
export function keepStatesPrivate(directory: string): string[] {
  try {
    mkdirSync(directory, { recursive: true, mode: OWNER_ONLY });
    if ((statSync(directory).mode & OF_OTHERS) === 0) {
      return [];
    }
    chmodSync(directory, OWNER_ONLY);
    return [`${directory} was open to other users of this machine: its states are now its owner's alone.`];
  } catch (error) {
    // Who only synthesizes needs no states.
    return [`The states in ${directory} could not be kept from other users: ${messageOf(error)}`];
  }
}
