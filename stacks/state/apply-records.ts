import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { z } from "zod";
import { isRunning } from "./running-process";

/** Terraform's file for a state that it could not save: all that is known of what an apply has done. */
export const ERRORED_STATE = "errored.tfstate";

const recordSchema = z.object({
  /** Folder that Terraform applies in, relative to the folder of the records: a checkout may be moved. */
  folder: z.string(),
  host: z.string(),
  /** Terraform's process; missing for the moment before it is started. */
  pid: z.int().positive().optional(),
  /** Terraform has ended, and left `errored.tfstate`. */
  ended: z.literal(true).optional(),
});

type ApplyRecord = z.infer<typeof recordSchema>;

/**
 * Where Terraform applies for each account. It outlives the command that started it, and leaves
 * `errored.tfstate` where it worked: the next run may know the account by another name, or write its stacks
 * elsewhere. A record stays until Terraform has ended and has saved its state.
 */
export class ApplyRecords {
  private readonly directory: string;

  /** @param workFolder Absolute path of the checkout's folder for plans and logs. */
  constructor(workFolder: string) {
    this.directory = path.join(workFolder, "applying");
  }

  /** Terraform is about to apply for an account. */
  begin(accountId: string, folder: string): void {
    this.write(accountId, folder, {});
  }

  /**
   * Terraform was started. Never fails, since that cannot be undone: a record that names no process counts as
   * one whose process runs.
   */
  started(accountId: string, folder: string, pid: number): void {
    this.tryToWrite(accountId, folder, { pid });
  }

  /** Terraform has ended. Forgets it, unless it left `errored.tfstate`. Never fails. */
  end(accountId: string, folder: string): void {
    if (existsSync(path.join(folder, ERRORED_STATE))) {
      this.tryToWrite(accountId, folder, { ended: true });
    } else {
      this.forget(accountId);
    }
  }

  /** No Terraform works for the account any more: someone else had its state lock. */
  settle(accountId: string): void {
    const folder = this.folderOf(accountId);
    if (folder !== undefined) {
      this.end(accountId, folder);
    }
  }

  private forget(accountId: string): void {
    try {
      rmSync(this.fileOf(accountId), { force: true });
    } catch {
      // On a disk that has become read-only, it stays: the next plan that gets the state's lock ends it.
    }
  }

  /** Absolute path of the folder in which Terraform last applied for an account, when it is recorded. */
  folderOf(accountId: string): string | undefined {
    const record = this.read(accountId);
    return record && path.resolve(realpathSync(this.directory), record.folder);
  }

  /** The file of a record whose Terraform still works in this folder; undefined when none does. */
  workingIn(folder: string): string | undefined {
    const real = realpathSync(folder);
    const accountId = this.accounts().find((account) => {
      const record = this.read(account);
      const recorded = this.folderOf(account);
      return (
        record !== undefined && record.ended === undefined && realPath(recorded) === real && mayRun(record)
      );
    });
    return accountId === undefined ? undefined : this.fileOf(accountId);
  }

  private accounts(): string[] {
    return existsSync(this.directory)
      ? readdirSync(this.directory)
          .filter((name) => /^\d{12}\.json$/.test(name))
          .map((name) => path.basename(name, ".json"))
      : [];
  }

  private read(accountId: string): ApplyRecord | undefined {
    try {
      return recordSchema.parse(JSON.parse(readFileSync(this.fileOf(accountId), "utf8")));
    } catch {
      return undefined;
    }
  }

  private tryToWrite(...record: Parameters<ApplyRecords["write"]>): void {
    try {
      this.write(...record);
    } catch {
      // The record before stays, and says as much as is needed.
    }
  }

  private write(accountId: string, folder: string, facts: Pick<ApplyRecord, "pid" | "ended">): void {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    const record: ApplyRecord = {
      folder: path.relative(realpathSync(this.directory), realpathSync(folder)),
      host: hostname(),
      ...facts,
    };
    // Replaced as a whole: a full disk must not cut it off.
    const draft = `${this.fileOf(accountId)}.new`;
    writeFileSync(draft, `${JSON.stringify(record)}\n`, { mode: 0o600 });
    renameSync(draft, this.fileOf(accountId));
  }

  private fileOf(accountId: string): string {
    return path.join(this.directory, `${accountId}.json`);
  }
}

/** A command that was killed between writing its record and naming the process may have started it. */
function mayRun({ host, pid }: ApplyRecord): boolean {
  return pid === undefined || isRunning({ host, pid });
}

function realPath(folder: string | undefined): string | undefined {
  return folder !== undefined && existsSync(folder) ? realpathSync(folder) : undefined;
}
