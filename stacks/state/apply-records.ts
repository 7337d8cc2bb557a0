import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
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
    this.write(accountId, folder);
  }

  /** Terraform was started. */
  started(accountId: string, folder: string, pid: number): void {
    this.write(accountId, folder, pid);
  }

  /** Terraform has ended. Forgets it, unless it left `errored.tfstate`. */
  end(accountId: string, folder: string): void {
    if (!existsSync(path.join(folder, ERRORED_STATE))) {
      rmSync(this.fileOf(accountId), { force: true });
    }
  }

  /** Absolute path of the folder in which Terraform last applied for an account, when it is recorded. */
  folderOf(accountId: string): string | undefined {
    const record = this.read(accountId);
    return record && path.resolve(this.directory, record.folder);
  }

  /** The file of a record whose Terraform still works in this folder; undefined when none does. */
  workingIn(folder: string): string | undefined {
    const real = realpathSync(folder);
    const accountId = this.accounts().find((account) => {
      const record = this.read(account);
      const isHere = record !== undefined && realPath(path.resolve(this.directory, record.folder)) === real;
      // Killed between writing its record and starting Terraform, or a moment later: it may run.
      return isHere && (record.pid === undefined || isRunning({ host: record.host, pid: record.pid }));
    });
    return accountId === undefined ? undefined : this.fileOf(accountId);
  }

  private accounts(): string[] {
    try {
      return readdirSync(this.directory)
        .filter((name) => /^\d{12}\.json$/.test(name))
        .map((name) => path.basename(name, ".json"));
    } catch {
      // Nothing was applied here yet.
      return [];
    }
  }

  private read(accountId: string): ApplyRecord | undefined {
    try {
      return recordSchema.parse(JSON.parse(readFileSync(this.fileOf(accountId), "utf8")));
    } catch {
      return undefined;
    }
  }

  private write(accountId: string, folder: string, pid?: number): void {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    const record: ApplyRecord = {
      folder: path.relative(realpathSync(this.directory), realpathSync(folder)),
      host: hostname(),
      ...(pid !== undefined && { pid }),
    };
    writeFileSync(this.fileOf(accountId), `${JSON.stringify(record)}\n`, { mode: 0o600 });
  }

  private fileOf(accountId: string): string {
    return path.join(this.directory, `${accountId}.json`);
  }
}

function realPath(folder: string): string | undefined {
  try {
    return realpathSync(folder);
  } catch {
    return undefined;
  }
}
