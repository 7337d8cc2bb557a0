import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { ApplyRecords } from "./apply-records";
import { ErroredStates, type KeptState } from "./errored-states";
import { isRunning, RUN_LOCK, type RunningProcess } from "./running-process";
import { BACKEND_RECORD, stateAccountOf } from "./state-account";

/** Terraform still applies in a folder that is about to hold another account's stack. */
export class FolderInUseError extends Error {
  override readonly name = "FolderInUseError";
}

/** Workspace that `terraform workspace` has selected in a folder; in HCP Terraform it is the state's name. */
const SELECTED_WORKSPACE = path.join(".terraform", "environment");

/**
 * Makes folders whose account has changed forget the account before. Folders go by an account's name, states
 * by its id: when names move between accounts, Terraform would find the backend changed and offer to migrate
 * one account's state over the other's. Without its record, it begins anew with the backend of the stack.
 *
 * No state is touched; one that was not saved moves to the checkout's folder for plans and logs, where it is
 * found by its account's id. The CDKTF CLI would delete it with the folder of a stack that is gone.
 *
 * @param accounts Account ids by the names of their stacks, as they are about to be synthesized.
 * @param outdir Folder of the synthesized stacks.
 * @param workFolder Absolute path of the checkout's folder for plans and logs.
 * @returns The unsaved states that were moved.
 * @throws {FolderInUseError} When Terraform still applies in such a folder, or another run is active in the
 * checkout. Nothing was changed then.
 */
export function releaseFolders(
  accounts: ReadonlyMap<string, string>,
  outdir: string,
  workFolder: string,
): KeptState[] {
  const released = stackFolders(outdir).flatMap(({ name, folder }) => {
    const before = stateAccountOf(folder);
    return before === undefined || before === accounts.get(name) ? [] : [{ name, folder, before }];
  });
  // The folder of an account that is gone may lie here for years. A run with a plan for it finds out itself.
  if (released.some(({ name }) => accounts.has(name))) {
    checkNoOtherRun(workFolder);
  }
  const applies = new ApplyRecords(workFolder);
  for (const { folder, before } of released) {
    checkUnused(applies.workingIn(folder), folder, before);
  }
  const errored = new ErroredStates(workFolder);
  return released.flatMap(({ name, folder, before }) => {
    const kept = errored.keep(before, folder);
    // The folder of a stack that is gone keeps its record: nothing else uses it.
    if (accounts.has(name)) {
      rmSync(path.join(folder, BACKEND_RECORD), { force: true });
      rmSync(path.join(folder, SELECTED_WORKSPACE), { force: true });
    }
    return kept ?? [];
  });
}

/** A run of the command line that waits for an approval has plans for these folders. */
function checkNoOtherRun(workFolder: string): void {
  const file = path.join(workFolder, RUN_LOCK);
  const holder = readHolder(file);
  if (holder !== undefined && holder.pid !== process.pid && isRunning(holder)) {
    throw new FolderInUseError(
      `Names of accounts have moved in rollout.yaml, and another run is active in this checkout: process ${holder.pid} on ` +
        `${holder.host}. Wait until it ends. If it no longer runs, remove ${file}.`,
    );
  }
}

function readHolder(file: string): RunningProcess | undefined {
  try {
    return z.object({ host: z.string(), pid: z.int() }).parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    // No run is active.
    return undefined;
  }
}

function checkUnused(record: string | undefined, folder: string, account: string): void {
  if (record !== undefined) {
    throw new FolderInUseError(
      `Terraform still applies for account ${account} in ${folder}, whose name rollout.yaml gives to another account ` +
        `or to none. Wait until it ends. If it no longer runs, remove ${record}.`,
    );
  }
}

function stackFolders(outdir: string): { name: string; folder: string }[] {
  const stacks = path.join(outdir, "stacks");
  try {
    return readdirSync(stacks, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => ({ name, folder: path.join(stacks, name) }));
  } catch {
    // Nothing was synthesized here yet.
    return [];
  }
}
