import { CommanderError, type Command } from "commander";
import { messageOf } from "../functions/shared/message-of";
import { isSystemError } from "../functions/shared/system-error";
import { ConfigError } from "../stacks/config/errors";
import { FolderInUseError } from "../stacks/state/release-folders";
import { CommandError } from "./errors";
import { escapeControlCharactersInLines } from "./escape-control-characters";
import { EXIT, type ExitCode } from "./exit-codes";
import { note, type Shell } from "./shell";

/** Runs a command line to its end. Never throws: an error becomes one message and an exit code. */
export async function runCommandLine(program: Command, shell: Shell, args: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    shell.exitCode = exitCodeOf(error);
    // commander has already printed what is wrong.
    if (!(error instanceof CommanderError)) {
      note(shell, shellMessage(error));
    }
  }
}

function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  if (error instanceof ConfigError) {
    return EXIT.configuration;
  }
  return error instanceof CommandError ? error.exitCode : EXIT.failed;
}

function shellMessage(error: unknown): string {
  if (error instanceof CommandError) {
    // What AWS answers may quote what others have written.
    return escapeControlCharactersInLines(error.message);
  }
  if (error instanceof ConfigError || error instanceof FolderInUseError) {
    return error.message;
  }
  // A full or read-only disk, a folder of another user: the message says what failed, and where.
  if (isSystemError(error)) {
    return error.message;
  }
  // A bug in this program: the stack trace says where.
  return error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
}
