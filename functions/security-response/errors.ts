/** Base of every error the responder throws on purpose. */
export class ResponderError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The environment of the function is unusable. The message lists every bad variable. */
export class SettingsError extends ResponderError {
  constructor(readonly problems: readonly string[]) {
    super(
      `security-response cannot work with its environment: ${problems.join("; ")}. ` +
        "The account's stack writes these variables: mend rollout.yaml and deploy again.",
    );
  }
}

/** An event that cannot be acted upon. `field` is its path in the event, for example `detail.eventSource`. */
export class EventError extends ResponderError {
  constructor(
    readonly field: string,
    expected: string,
    came: unknown,
  ) {
    super(
      `${field}: expected ${expected}, got ${describe(came)}. ` +
        "Look at the event in the dead-letter queue, and at the user list of the account.",
    );
  }
}

/** The user is not denied everything, or it could not be proved. Lambda retries the event. */
export class ContainmentError extends ResponderError {}

/** The alert could not be published. Lambda retries the event. */
export class AlertError extends ResponderError {}

/** A call was given up because the time of the invocation, less the reserve for alerting, ran out. */
export class TimeUpError extends ResponderError {}

function describe(came: unknown): string {
  if (came === undefined) {
    return "nothing";
  }
  const text = JSON.stringify(came) ?? typeof came;
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
