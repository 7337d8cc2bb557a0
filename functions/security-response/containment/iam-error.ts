import { plain } from "../text";

/** The error code without the suffix the SDK adds: IAM says `NoSuchEntity`, the SDK `NoSuchEntityException`. */
export function errorCode(error: unknown): string {
  return error instanceof Error ? error.name.replace(/Exception$/, "") : "UnknownError";
}

/** `NoSuchEntity: The user with name x cannot be found.`, fit for an alert. */
export function errorText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return plain(`${errorCode(error)}: ${message}`, 300);
}

export function isNoSuchEntity(error: unknown): boolean {
  return errorCode(error) === "NoSuchEntity";
}

/**
 * NoSuchEntity because of the user, not of the policy to be attached. IAM tells them apart in the message only:
 * "The user with name x cannot be found." and "Policy arn:... does not exist or is not attachable."
 */
export function isMissingUser(error: unknown): boolean {
  if (!(error instanceof Error) || !isNoSuchEntity(error)) return false;
  return !/^\s*(the |scope )?(user )?policy\b|\barn:aws/i.test(error.message);
}

/** Two writes to one user met; IAM asks to try again. */
export function isConcurrent(error: unknown): boolean {
  return errorCode(error) === "ConcurrentModification";
}

/** A login profile that was made seconds ago cannot be deleted yet. */
export function isTemporarilyUnmodifiable(error: unknown): boolean {
  return errorCode(error) === "EntityTemporarilyUnmodifiable";
}
