import { EXIT, type ExitCode } from "./exit-codes";

/** A command failed for a reason the operator can fix: shown without a stack trace. */
export class CommandError extends Error {
  override readonly name: string = "CommandError";
  readonly exitCode: ExitCode = EXIT.failed;
}

/** The command line names something that does not exist, or combines what does not go together. */
export class UsageError extends CommandError {
  override readonly name = "UsageError";
  override readonly exitCode = EXIT.usage;
}

/** The operator, or the CI system, has stopped the command. */
export class Interrupted extends CommandError {
  override readonly name = "Interrupted";
  override readonly exitCode = EXIT.interrupted;
}
