import { messageOf } from "./message-of";
import { plain } from "./text";

/**
 * The error code without the suffix the SDK adds: IAM says `NoSuchEntity`, the SDK `NoSuchEntityException`.
 */
export function errorCode(error: unknown): string {
  return error instanceof Error ? error.name.replace(/Exception$/, "") : "UnknownError";
}

/** `NoSuchEntity: The user with name x cannot be found.`, fit for an alert. */
export function errorText(error: unknown): string {
  const message = messageOf(error);
  return plain(`${errorCode(error)}: ${message}`, 300);
}
