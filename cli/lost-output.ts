import { EXIT } from "./exit-codes";

type OutputName = "stdout" | "stderr";

/** Exit codes of a command that failed. Lost output does not change them. */
const ALREADY_FAILED: readonly unknown[] = [EXIT.usage, EXIT.configuration, EXIT.interrupted];

/**
 * Remembers that output could not be written, so that the command does not end as a success: a reader would
 * treat a missing list as an empty one. The work continues, because Terraform needs no output.
 */
export class LostOutput {
  private readonly lost = new Set<OutputName>();

  /** @param say Writes a line to stderr. */
  constructor(private readonly say: (line: string) => void) {}

  /** Records a failed write; the first one of stdout is reported. */
  report(name: OutputName, error: NodeJS.ErrnoException): void {
    // The reader has closed the pipe because it has seen enough, as `head` does.
    if (error.code === "EPIPE" || this.lost.has(name)) {
      return;
    }
    this.lost.add(name);
    if (name === "stdout") {
      this.say(`The output could not be written to stdout: ${error.message}`);
    }
  }

  /** The exit code of the process, from that of the command. */
  exitCode<Code>(code: Code): Code | typeof EXIT.failed {
    return this.lost.size === 0 || ALREADY_FAILED.includes(code) ? code : EXIT.failed;
  }
}
