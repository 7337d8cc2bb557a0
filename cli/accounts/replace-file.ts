import { randomUUID } from "node:crypto";
import { open, realpath, rename, rm, type FileHandle } from "node:fs/promises";
import { messageOf } from "../../functions/shared/message-of";
import { isSystemError, withPath } from "../../functions/shared/system-error";
import { CommandError } from "../errors";

/**
 * Replaces the text of a file. Its owner, mode and links stay. A reader gets the old text or the new one,
 * unless the file belongs to someone else: only root can create a file for another owner, so other users
 * write into the existing file to keep its owner.
 *
 * @param before The text that the new one was made from.
 * @throws CommandError when the file has changed since.
 */
export async function replaceFile(file: string, before: string, after: string): Promise<void> {
  const target = await realpath(file);
  const handle = await open(target, "r");
  let owner: Owner;
  try {
    if ((await handle.readFile("utf8")) !== before) {
      throw new CommandError(
        `${file} has changed during the import; nothing was written. Run the command again.`,
      );
    }
    owner = await handle.stat();
  } finally {
    await handle.close();
  }
  if (!(await replaceAtOnce(target, after, owner))) {
    await overwrite(target, before, after);
  }
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** Renames a new file to the old one; false when the new file cannot have the old one's owner. */
async function replaceAtOnce(target: string, text: string, owner: Owner): Promise<boolean> {
  // In the same folder, because a rename is atomic only within a file system.
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      if (!(await giveTo(handle, owner))) {
        return false;
      }
      // open() applies the process's umask, and a change of the owner may clear bits of the mode.
      await handle.chmod(owner.mode);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
    return true;
  } catch (error) {
    throw withPath(error, target);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function giveTo(handle: FileHandle, { uid, gid }: Owner): Promise<boolean> {
  const own = await handle.stat();
  if (own.uid === uid && own.gid === gid) {
    return true;
  }
  try {
    await handle.chown(uid, gid);
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === "EPERM") {
      return false;
    }
    throw error;
  }
}

/** Writes into the existing file, and restores the old text if that fails. */
async function overwrite(target: string, before: string, after: string): Promise<void> {
  const handle = await open(target, "r+");
  try {
    await writeWhole(handle, after);
  } catch (error) {
    const cause = messageOf(withPath(error, target));
    try {
      await writeWhole(handle, before);
    } catch (again) {
      throw new CommandError(
        `${target} could not be written, and holds a part of the new text: ${cause}. ` +
          `Restore it from git: its old text could not be written either: ${messageOf(again)}`,
      );
    }
    throw new CommandError(`${target} is as it was: ${cause}`);
  } finally {
    await handle.close();
  }
}

async function writeWhole(handle: FileHandle, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) {
    written += (await handle.write(bytes, written, undefined, written)).bytesWritten;
  }
  await handle.truncate(bytes.length);
  await handle.sync();
}
