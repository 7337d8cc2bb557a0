import { randomUUID } from "node:crypto";
import { open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { CommandError } from "../errors";

/**
 * Replaces the text of a file atomically: a reader gets the old text or the new one. Mode and links stay.
 *
 * @param before The text that the new one was made from.
 * @throws CommandError when the file has changed since.
 */
export async function replaceFile(file: string, before: string, after: string): Promise<void> {
  const target = await realpath(file);
  if ((await readFile(target, "utf8")) !== before) {
    throw new CommandError(
      `${file} has changed during the import; nothing was written. Run the command again.`,
    );
  }
  // In the same folder, because a rename is atomic only within a file system.
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    await writeDurably(temporary, after, (await stat(target)).mode);
    await rename(temporary, target);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function writeDurably(file: string, text: string, mode: number): Promise<void> {
  const handle = await open(file, "wx", mode);
  try {
    await handle.writeFile(text);
    await handle.chmod(mode); // open() applies the process's umask
    await handle.sync();
  } finally {
    await handle.close();
  }
}
