import { linkSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { z } from "zod";
import { withPath } from "../../functions/shared/system-error";
import { isRunning, RUN_LOCK } from "../../stacks/state/running-process";
import { WORK_FOLDER } from "../../stacks/synthesis/synthesize-rollout";
import { CommandError } from "../errors";
import { parseJson } from "../parse-json";
import type { Shell } from "../shell";

const holderSchema = z.object({
  command: z.string(),
  host: z.string(),
  pid: z.int().positive(),
  startedAt: z.string(),
});

/** The run that works in a folder. */
type Holder = z.infer<typeof holderSchema>;

/**
 * Runs work that needs exclusive use of the folder: two runs would overwrite each other's stacks and plans,
 * and one could apply a plan that was never shown. The lock of a killed run does not count.
 *
 * @throws CommandError when another run is active there.
 */
export async function withFolderLock<T>({ cwd }: Shell, command: string, work: () => Promise<T>): Promise<T> {
  const file = path.join(cwd, WORK_FOLDER, RUN_LOCK);
  const holder = { command, host: hostname(), pid: process.pid, startedAt: new Date().toISOString() };
  take(file, holder);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
    removeIfEmpty(path.dirname(file));
  }
}

/** Removes the folder of a command that was refused before it did anything. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // The folder contains plans, logs or the plugin cache.
  }
}

function take(file: string, holder: Holder): void {
  createFolder(path.dirname(file));
  if (create(file, holder)) {
    return;
  }
  const found = readText(file);
  const other = parseJson(holderSchema, found);
  // A lock with this process's own id is of an earlier process with the same id.
  if (other !== undefined && other.pid !== process.pid && isRunning(other)) {
    throw refusal(file, other);
  }
  // Of two runs that find a stale lock, one moves it away. The other meets the new file, here or when it
  // creates its own.
  if (!moveAway(file, found) || !create(file, holder)) {
    throw refusal(file, parseJson(holderSchema, readText(file)));
  }
}

/** Not with `recursive`, which fails with ENOENT on a read-only disk. */
function createFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw error;
    }
  }
}

/** False when the file already exists. */
function create(file: string, holder: Holder): boolean {
  try {
    writeFileSync(file, JSON.stringify(holder), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      return false;
    }
    // On a full disk, the file is there but empty.
    if ((error as NodeJS.ErrnoException).path === undefined) {
      rmSync(file, { force: true });
    }
    throw withPath(error, file);
  }
}

/** Moves the file away. If its content has changed, moves it back and returns false. */
function moveAway(file: string, found: string): boolean {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    // Another run was faster.
    return true;
  }
  const isSame = readText(aside) === found;
  if (!isSame) {
    linkSync(aside, file);
  }
  rmSync(aside);
  return isSame;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function refusal(file: string, holder: Holder | undefined): CommandError {
  const who =
    holder === undefined
      ? "another run"
      : `${holder.command}, process ${holder.pid} on ${holder.host}, since ${holder.startedAt}`;
  return new CommandError(
    `Another run is active in this folder: ${who}. Wait until it ends, or use another checkout. ` +
      `If it no longer runs, remove ${file}.`,
  );
}
