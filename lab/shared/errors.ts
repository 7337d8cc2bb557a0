/** Base of every error the lab raises by itself; the message says what to do about it. */
export class LabError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Something the lab needs is not on this machine; the message is one line and says how to get it. */
export class MissingToolError extends LabError {}

/** The lab could not start, or a part of it ended by itself. */
export class LabStartError extends LabError {}

/** An error as an AWS service answers it. */
export class AwsError extends LabError {
  constructor(
    readonly code: string,
    message: string,
    /** HTTP status of the answer. */
    readonly status: number = 400,
  ) {
    super(message);
  }
}
