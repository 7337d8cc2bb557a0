import { errorCode } from "../../shared/aws-error";

export function isNoSuchEntity(error: unknown): boolean {
  return errorCode(error) === "NoSuchEntity";
}

const THE_USER = /^\s*the user with name \S+ cannot be found/i;
const ANOTHER_ENTITY =
  /\b(policy|login profile|access key|certificate|public key|credential|device)\b|\barn:aws/i;

/**
 * NoSuchEntity because of the user, not of something it holds. IAM tells them apart in the message only: "The
 * user with name x cannot be found.", "Policy arn:... does not exist or is not attachable.", "Login Profile
 * for User x cannot be found."
 */
export function isMissingUser(error: unknown): boolean {
  if (!(error instanceof Error) || !isNoSuchEntity(error)) {
    return false;
  }
  return THE_USER.test(error.message) || !ANOTHER_ENTITY.test(error.message);
}

/** Two writes to one user met; IAM asks to try again. */
export function isConcurrent(error: unknown): boolean {
  return errorCode(error) === "ConcurrentModification";
}

/** A login profile that was made seconds ago cannot be deleted yet. */
export function isTemporarilyUnmodifiable(error: unknown): boolean {
  return errorCode(error) === "EntityTemporarilyUnmodifiable";
}

/** A quota, such as 50 tags of a user. */
export function isLimitExceeded(error: unknown): boolean {
  return errorCode(error) === "LimitExceeded";
}
