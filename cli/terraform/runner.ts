import { readFault, TerraformError, type TerraformFault } from "./fault";
import { followFile } from "./follow-file";
import { readMessage, type Diagnostic, type TerraformMessage } from "./messages";
import { startTerraform, type TerraformCommand, type TerraformProcess } from "./start-terraform";

export interface RunnerOptions {
  /** Exit codes that are not a failure. @default - 0 */
  readonly accept?: readonly number[];
  readonly onMessage?: (message: TerraformMessage) => void;
  /** Gets the process as soon as it runs. */
  readonly onStarted?: (started: TerraformProcess) => void;
}

/** Runs Terraform, and keeps track of every running process, so that all can be asked to stop. */
export class TerraformRunner {
  private readonly running = new Set<TerraformProcess>();
  private interrupted = false;

  /**
   * Runs Terraform to its end.
   *
   * @returns Its exit code.
   * @throws TerraformError when its exit code is not accepted.
   */
  async run(
    command: TerraformCommand,
    { accept = [0], onMessage, onStarted }: RunnerOptions = {},
  ): Promise<number> {
    const started = await startTerraform(command);
    this.running.add(started);
    onStarted?.(started);
    if (this.interrupted) {
      started.interrupt();
    }
    const diagnostics: Diagnostic[] = [];
    const text: string[] = [];
    try {
      await followFile(command.outputFile, started.ended, (line) => {
        const message = readMessage(line);
        if (message?.type === "diagnostic") {
          diagnostics.push(message.diagnostic);
        }
        if (message?.type === "text") {
          text.push(message.text);
        }
        if (message !== undefined) {
          onMessage?.(message);
        }
      });
      const { code, signal } = await started.ended;
      if (code !== undefined && accept.includes(code)) {
        return code;
      }
      throw new TerraformError(
        signal === undefined
          ? readFault(diagnostics, text, command.cwd)
          : killedBy(signal, command.outputFile),
      );
    } finally {
      this.running.delete(started);
    }
  }

  /** Asks every running process, and those that are started later, to stop gracefully. */
  interrupt(): void {
    this.interrupted = true;
    for (const terraform of this.running) {
      terraform.interrupt();
    }
  }
}

function killedBy(signal: NodeJS.Signals, outputFile: string): TerraformFault {
  return {
    kind: "other",
    cause: `Terraform was killed by ${signal}; its output is in ${outputFile}`,
    advice:
      "The state may still be locked, and may lack what was being created: run again, and see docs/rollout.md.",
  };
}
