// Lambda reports an error's name as its `errorType`. Names are written out, since the bundler shortens those
// of classes.

/** The request cannot be understood. The message lists every mistake in it. */
export class RequestError extends Error {
  override readonly name = "RequestError";

  constructor(readonly problems: readonly string[]) {
    super(
      `The request of attack-simulation is wrong: ${problems.join("; ")}. ` +
        'Examples: {"kind":"create-admin-user"}, {"kind":"burst","count":20}, {"action":"clean-up"}.',
    );
  }
}

/** The function was deployed without what it needs. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}
