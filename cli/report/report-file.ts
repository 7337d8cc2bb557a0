import { existsSync, lstatSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../../functions/shared/message-of";
import { withPath } from "../../functions/shared/system-error";
import { CommandError, UsageError } from "../errors";
import type { Progress } from "../rollout/progress";
import type { Shell } from "../shell";
import { parseReport, type Report } from "./report";

export const REPORT_FILE = "rollout-report.json";

/** How long changes are collected before the file is written again, in milliseconds. */
const WRITE_EVERY_MS = 250;

/** Keeps `rollout-report.json` up to date during a rollout, so that a killed rollout can be resumed. */
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
        this.writeProgress();
      }, WRITE_EVERY_MS);
    });
  }

  /**
   * Starts to keep a report.
   *
   * @param report Creates the report of what is done so far.
   * @throws CommandError when the file cannot be written.
   */
  static open(file: string, report: (status: Report["status"]) => Report, progress: Progress): ReportFile {
    try {
      return new ReportFile(file, report, progress);
    } catch (cause) {
      throw new CommandError(`The report cannot be written, so nothing was started: ${messageOf(cause)}`, {
        cause,
      });
    }
  }

  /** Writes the end of the run. */
  finish(report: Report): void {
    clearTimeout(this.timer);
    this.write(report);
  }

  private writeProgress(): void {
    try {
      this.write(this.report("running"));
    } catch {
      // A full disk must not end the rollout. The next change is written again, and the final report
      // reports a failure.
    }
  }

  private write(report: Report): void {
    writeReport(this.file, report);
  }
}

/**
 * Writes a report as JSON.
 *
 * @throws When it cannot be written; the error names the file.
 */
export function writeReport(file: string, report: object): void {
  writeWhole(file, `${JSON.stringify(report, undefined, 2)}\n`);
}

/**
 * Writes a file as a whole: a reader sees the old or the new text, even after a crash. What is no file of its
 * own, such as a link or a device, is written in place: a rename would put a file where `/dev/stdout` was.
 *
 * @throws When it cannot be written; the error names the file.
 */
export function writeWhole(file: string, text: string): void {
  const draft = `${file}.new`;
  try {
    if (lstatSync(file, { throwIfNoEntry: false })?.isFile() === false) {
      writeFileSync(file, text);
      return;
    }
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw withPath(error, file);
  }
}

/**
 * Absolute path of the report, or of the file of another option.
 *
 * @throws UsageError for `-` and for a folder, and when its own folder does not exist.
 */
export function reportFileOf(
  { cwd }: Pick<Shell, "cwd">,
  name: string = REPORT_FILE,
  option = "--report",
): string {
  if (name === "-") {
    throw new UsageError(`${option} -: expected the name of a file; stdout has the result`);
  }
  const file = path.resolve(cwd, name);
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new UsageError(`${option} ${name}: expected a file, found a folder`);
  }
  if (!existsSync(path.dirname(file))) {
    throw new UsageError(`${option} ${name}: the folder does not exist`);
  }
  return file;
}

/** The report of the last run; undefined when there is none. */
export function readReport(file: string): Report | undefined {
  try {
    return parseReport(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
