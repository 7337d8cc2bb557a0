import type { Backend } from "../config/backend";

/**
 * Name of an account's state in its backend: the file in the folder, the key in the bucket, or the workspace.
 * Made from the account's id, so that renaming an account never moves its state.
 */
export function stateName(backend: Backend, accountId: string): string {
  switch (backend.type) {
    case "local":
      return `${accountId}.tfstate`;
    case "s3":
      return `${backend.keyPrefix}/${accountId}.tfstate`;
    case "cloud":
      return `${backend.workspacePrefix}${accountId}`;
  }
}

/** Session of the role for states, by which its trust policy may know it. */
export const STATE_SESSION_NAME = "iam-user-quarantine";
