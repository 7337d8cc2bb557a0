import { errorCode } from "../../shared/aws-error";

export function isNoSuchEntity(error: unknown): boolean {
  return errorCode(error) === "NoSuchEntity";
}

const THE_USER = /^\s*the user with name \S+ cannot be found/i;
const ANOTHER_ENTITY =
  /\b(policy|login profile|access key|certificate|public key|credential|device)\b|\barn:aws/i;

/**
 * Whether NoSuchEntity concerns the user, and not one of its policies or credentials. Only IAM's message
 * shows the difference: "The user with name x cannot be found.", "Policy arn:... does not exist or is not
 * attachable.", "Login Profile for User x cannot be found."
 */
export function isMissingUser(error: unknown): boolean {
  if (!(error instanceof Error) || !isNoSuchEntity(error)) {
    return false;
  }
  return THE_USER.test(error.message) || !ANOTHER_ENTITY.test(error.message);
}

/** Whether two writes to one user conflicted; IAM asks to retry. */
export function isConcurrent(error: unknown): boolean {
  return errorCode(error) === "ConcurrentModification";
}

/** Whether a login profile was created so recently that it cannot be deleted yet. */
export function isTemporarilyUnmodifiable(error: unknown): boolean {
  return errorCode(error) === "EntityTemporarilyUnmodifiable";
}
