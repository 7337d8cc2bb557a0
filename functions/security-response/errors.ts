/**
 * Base of every error the responder throws on purpose. Lambda reports an error's name as its `errorType`.
 * Names are written out, since the bundler shortens those of classes.
 */
export abstract class ResponderError extends Error {
  abstract override readonly name: string;
}

/** The environment of the function is unusable. The message lists every bad variable. */
export class SettingsError extends ResponderError {
  override readonly name = "SettingsError";

  constructor(readonly problems: readonly string[]) {
    super(
      `security-response cannot work with its environment: ${problems.join("; ")}. ` +
        "The account's stack writes these variables: fix rollout.yaml and deploy again.",
    );
  }
}

/** An event that cannot be acted upon. `field` is its path in the event, for example `detail.eventSource`. */
export class EventError extends ResponderError {
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
export class ContainmentError extends ResponderError {
  override readonly name = "ContainmentError";
}

/** The alert could not be published. Lambda retries the event. */
export class AlertError extends ResponderError {
  override readonly name = "AlertError";
}

/** A call was given up because the time of the invocation, less the reserve for alerting, ran out. */
export class TimeUpError extends ResponderError {
  override readonly name = "TimeUpError";
}

function describe(found: unknown): string {
  if (found === undefined) {
    return "nothing";
  }
  const text = JSON.stringify(found) ?? typeof found;
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
