/** Base of every error the simulation throws on purpose. */
export class SimulationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The request cannot be understood. The message lists every mistake in it. */
export class RequestError extends SimulationError {
  constructor(readonly problems: readonly string[]) {
    super(
      `The request of attack-simulation is wrong: ${problems.join("; ")}. ` +
        'Examples: {"kind":"create-admin-user"}, {"kind":"burst","count":20}, {"action":"clean-up"}.',
    );
  }
}

/** The function was deployed without what it needs. */
export class ConfigurationError extends SimulationError {}
