/** Base of the lab's own errors. The message says what to do. */
export class LabError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The machine lacks a program that the lab needs. The message is one line and says how to get it. */
export class MissingToolError extends LabError {}

/** The lab cannot start, or a part of it has ended. */
export class LabStartError extends LabError {}

/** An error that an AWS service answers with. */
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
