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

/** What to show of something that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
