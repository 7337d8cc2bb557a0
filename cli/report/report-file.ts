import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../../functions/shared/message-of";
import { CommandError, UsageError } from "../errors";
import type { Progress } from "../rollout/progress";
import type { Shell } from "../shell";
import { parseReport, type Report } from "./report";

export const REPORT_FILE = "rollout-report.json";

/** Changes are collected for this long before the file is written again. */
const WRITE_EVERY_MS = 250;

/**
 * Keeps `rollout-report.json` up to date while a rollout runs, so that one that was killed can be gone on
 * with.
 */
export class ReportFile {
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly file: string,
    private readonly report: (status: Report["status"]) => Report,
    progress: Progress,
  ) {
    this.write(report("running"));
    progress.onChange(() => {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.writeMeanwhile();
      }, WRITE_EVERY_MS);
    });
  }

  /**
   * Begins to keep a report.
   *
   * @param report Makes the report of what is done so far.
   * @throws CommandError when the file cannot be written.
   */
  static open(file: string, report: (status: Report["status"]) => Report, progress: Progress): ReportFile {
    try {
      return new ReportFile(file, report, progress);
    } catch (cause) {
      throw new CommandError(`The report cannot be written, so nothing is begun: ${messageOf(cause)}`, {
        cause,
      });
    }
  }

  /** Writes the end of the run. */
  finish(report: Report): void {
    clearTimeout(this.timer);
    this.write(report);
  }

  private writeMeanwhile(): void {
    try {
      this.write(this.report("running"));
    } catch {
      // A full disk is no reason to end the rollout: the next change is written again, and the end fails
      // aloud.
    }
  }

  private write(report: Report): void {
    // Replaced as a whole: whoever reads it meanwhile, or after a crash, sees one state or the other.
    const draft = `${this.file}.new`;
    writeFileSync(draft, `${JSON.stringify(report, undefined, 2)}\n`);
    renameSync(draft, this.file);
  }
}

/**
 * Absolute path of the report.
 *
 * @throws UsageError when it is to lie in a folder that is not there.
 */
export function reportFileOf({ cwd }: Pick<Shell, "cwd">, name: string = REPORT_FILE): string {
  const file = path.resolve(cwd, name);
  if (!existsSync(path.dirname(file))) {
    throw new UsageError(`--report ${name}: expected a file in a folder that is there`);
  }
  return file;
}

/** The report of the run before; undefined when there is none. */
export function readReport(file: string): Report | undefined {
  try {
    return parseReport(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
