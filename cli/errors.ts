import { EXIT, type ExitCode } from "./exit-codes";

/** A command could not do what was asked, for a reason the operator can mend: shown without a stack trace. */
export class CommandError extends Error {
  override readonly name: string = "CommandError";
  readonly exitCode: ExitCode = EXIT.failed;
}

/** The command line asks for something that is not there, or that does not go together. */
export class UsageError extends CommandError {
  override readonly name = "UsageError";
  override readonly exitCode = EXIT.usage;
}
