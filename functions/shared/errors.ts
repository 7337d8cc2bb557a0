/**
 * Base of every error a function throws on purpose. Lambda reports an error's name as its `errorType`. Names
 * are written out, since the bundler shortens those of classes.
 */
export abstract class FunctionError extends Error {
  abstract override readonly name: string;
}

/** The environment of a function is unusable. The message lists every bad variable. */
export class SettingsError extends FunctionError {
  override readonly name = "SettingsError";

  constructor(
    functionName: string,
    readonly problems: readonly string[],
  ) {
    super(
      `${functionName} cannot work with its environment: ${problems.join("; ")}. ` +
        "The account's stack writes these variables: deploy it again.",
    );
  }
}

/** The alert could not be published. Lambda retries the event. */
export class AlertError extends FunctionError {
  override readonly name = "AlertError";
}

/** A call was aborted because its time ran out: that of its phase, or of the invocation less the reserve. */
export class TimeUpError extends FunctionError {
  override readonly name = "TimeUpError";
}
