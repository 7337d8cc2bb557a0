import { constants, copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { ApplyRecords, ERRORED_STATE } from "./apply-records";
import { stateAccountOf } from "./state-account";

/** The states that Terraform could not save, by account, wherever in a checkout they are. */
export class ErroredStates {
  private readonly directory: string;
  private readonly applies: ApplyRecords;

  /** @param workFolder Absolute path of the checkout's folder for plans and logs. */
  constructor(workFolder: string) {
    this.directory = path.join(workFolder, "errored");
    this.applies = new ApplyRecords(workFolder);
  }

  /**
   * A state of an account that was not saved.
   *
   * @param stackFolder Folder that holds the account's stack now.
   * @returns Absolute path of the file; undefined when there is none.
   */
  find(accountId: string, stackFolder: string): string | undefined {
    const applied = this.applies.folderOf(accountId);
    const isOfAccount = applied !== undefined && stateAccountOf(applied) === accountId;
    return [
      ...this.keptOf(accountId),
      ...(isOfAccount ? [path.join(applied, ERRORED_STATE)] : []),
      path.join(stackFolder, ERRORED_STATE),
    ].find((file) => existsSync(file));
  }

  /** Moves the unsaved state of an account, if there is one, out of a folder that gets another use. */
  keep(accountId: string, folder: string): void {
    const file = path.join(folder, ERRORED_STATE);
    if (existsSync(file)) {
      mkdirSync(this.directory, { recursive: true, mode: 0o700 });
      moveWithoutReplacing(file, this.freeName(accountId));
    }
  }

  private keptOf(accountId: string): string[] {
    return existsSync(this.directory)
      ? readdirSync(this.directory)
          .filter((name) => name.startsWith(accountId))
          .sort()
          .map((name) => path.join(this.directory, name))
      : [];
  }

  /** There may be one already, when something else than the command line has applied since. */
  private freeName(accountId: string): string {
    const kept = this.keptOf(accountId).length;
    return path.join(this.directory, `${accountId}${kept === 0 ? "" : `.${kept}`}.tfstate`);
  }
}

/** @throws When there is a file of the new name. */
function moveWithoutReplacing(file: string, to: string): void {
  try {
    linkSync(file, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      throw error;
    }
    // Another file system, or one without links.
    copyFileSync(file, to, constants.COPYFILE_EXCL);
  }
  rmSync(file);
}
