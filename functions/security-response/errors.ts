import { FunctionError } from "../shared/errors";

/** An event that cannot be acted upon. `field` is its path in the event, for example `detail.eventSource`. */
export class EventError extends FunctionError {
  override readonly name = "EventError";

  constructor(
    readonly field: string,
    expected: string,
    found: unknown,
  ) {
    super(
      `${field}: expected ${expected}, got ${describe(found)}. ` +
        "Look at the event in the dead-letter queue, and at the user list of the account.",
    );
  }
}

/** The user is not denied everything, or it could not be verified. Lambda retries the event. */
export class ContainmentError extends FunctionError {
  override readonly name = "ContainmentError";
}

function describe(found: unknown): string {
  if (found === undefined) {
    return "nothing";
  }
  const text = JSON.stringify(found) ?? typeof found;
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
