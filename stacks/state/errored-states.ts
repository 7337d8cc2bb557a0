import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
} from "node:fs";
import path from "node:path";
import { ApplyRecords, ERRORED_STATE } from "./apply-records";
import { stateAccountOf } from "./state-account";

/** The default output folder of `cdktf` and of the command line. */
export const DEFAULT_OUTDIR = "cdktf.out";

/** A state that was not saved, in the folder for such states. */
export interface KeptState {
  readonly accountId: string;
  /** Absolute path. */
  readonly file: string;
}

/** The states that Terraform could not save, by account, wherever in a checkout they are. */
export class ErroredStates {
  private readonly directory: string;
  private readonly applies: ApplyRecords;

  /** @param workFolder Absolute path of the checkout's folder for plans and logs. */
  constructor(private readonly workFolder: string) {
    this.directory = path.join(workFolder, "errored");
    this.applies = new ApplyRecords(workFolder);
  }

  /**
   * A state of an account that was not saved: the oldest, if there are several.
   *
   * @param stackFolder Folder that holds the account's stack now.
   * @returns Absolute path of the file; undefined when there is none.
   */
  find(accountId: string, stackFolder: string): string | undefined {
    const kept = this.kept().find((state) => state.accountId === accountId)?.file;
    return kept ?? [...this.foldersOf(accountId, stackFolder), stackFolder].map(erroredIn).find(isThere);
  }

  /** Every state in the folder for such states, the oldest of an account first. */
  kept(): KeptState[] {
    const names = existsSync(this.directory) ? readdirSync(this.directory) : [];
    return names
      .flatMap((name) => {
        const [, accountId, number = "0"] = /^(\d{12})(?:\.(\d+))?\.tfstate$/.exec(name) ?? [];
        return accountId === undefined ? [] : [{ accountId, number: Number(number), name }];
      })
      .sort((a, b) => a.accountId.localeCompare(b.accountId) || a.number - b.number)
      .map(({ accountId, name }) => ({ accountId, file: path.join(this.directory, name) }));
  }

  /** Moves the unsaved state of an account, if there is one, out of a folder that gets another use. */
  keep(accountId: string, folder: string): KeptState | undefined {
    const from = erroredIn(folder);
    if (!isThere(from)) {
      return undefined;
    }
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    // There may be one already, when something else than the command line has applied since.
    for (let number = 0; ; number++) {
      const file = path.join(this.directory, `${accountId}${number === 0 ? "" : `.${number}`}.tfstate`);
      if (moveUnlessTaken(from, file)) {
        return { accountId, file };
      }
    }
  }

  /** Folders in which something may have applied for an account, apart from the one of its stack. */
  private foldersOf(accountId: string, stackFolder: string): string[] {
    const recorded = this.applies.folderOf(accountId);
    const stacks = path.resolve(this.workFolder, "..", DEFAULT_OUTDIR, "stacks");
    // What `cdktf` or Terraform by hand did is not recorded. In an output folder that was just synthesized,
    // every unsaved state is of the account whose folder it is in.
    const others =
      path.dirname(stackFolder) === stacks || !existsSync(stacks)
        ? []
        : readdirSync(stacks).map((name) => path.join(stacks, name));
    return [...(recorded === undefined ? [] : [recorded]), ...others].filter(
      (folder) => isThere(erroredIn(folder)) && stateAccountOf(folder) === accountId,
    );
  }
}

function erroredIn(folder: string): string {
  return path.join(folder, ERRORED_STATE);
}

function isThere(file: string): boolean {
  return existsSync(file);
}

/** False when there is a file of the new name. */
function moveUnlessTaken(file: string, to: string): boolean {
  try {
    linkSync(file, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      return false;
    }
    // Another file system, or one without links.
    copyFileSync(file, to, constants.COPYFILE_EXCL);
    const copy = openSync(to, "r");
    fsyncSync(copy);
    closeSync(copy);
  }
  rmSync(file);
  return true;
}
