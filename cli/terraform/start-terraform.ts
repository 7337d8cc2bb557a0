import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../../functions/shared/message-of";
import { CommandError } from "../errors";

export interface TerraformCommand {
  /** Absolute path of `terraform` or `tofu`. */
  readonly program: string;
  readonly args: readonly string[];
  /** Folder of the synthesized stack. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** File that gets everything Terraform prints. */
  readonly outputFile: string;
}

export interface TerraformExit {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

/** A running Terraform process. */
export interface TerraformProcess {
  readonly pid: number;
  readonly ended: Promise<TerraformExit>;
  /** Asks it, once, to stop after its current AWS operation and to save its state. */
  interrupt(): void;
}

/**
 * Starts Terraform so that it survives this process: in a session of its own, which a Ctrl-C in the terminal
 * does not reach, and with its output in a file, since a broken pipe would end it in the middle of an apply
 * and leave its state locked. `execute` runs every other program.
 *
 * @throws CommandError when it cannot be started.
 */
export async function startTerraform(command: TerraformCommand): Promise<TerraformProcess> {
  const { program, args, cwd, env, outputFile } = command;
  mkdirSync(path.dirname(outputFile), { recursive: true, mode: 0o700 });
  // A new file: a Terraform process that outlived an earlier run may still write to the old one.
  rmSync(outputFile, { force: true });
  const output = openSync(outputFile, "wx", 0o600);
  try {
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", output, output], detached: true });
    const ended = exitOf(child);
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    return { pid: child.pid ?? 0, ended, interrupt: interruptOnce(child) };
  } catch (cause) {
    throw new CommandError(`${program} could not be started in ${cwd}: ${messageOf(cause)}`);
  } finally {
    closeSync(output);
  }
}

function exitOf(child: ChildProcess): Promise<TerraformExit> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
  });
}

/** At a second interrupt, Terraform would abandon its work without saving, so it never gets one. */
function interruptOnce(child: ChildProcess): () => void {
  let asked = false;
  return () => {
    if (!asked) {
      asked = true;
      // Only Terraform, not its group: it stops its providers itself.
      child.kill("SIGINT");
    }
  };
}
