import { randomUUID } from "node:crypto";
import { open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { CommandError } from "../errors";

/**
 * Replaces a file's text at once: whoever reads it gets the old text or the new one. Its mode stays, and a
 * link goes on leading to it.
 *
 * @param before The text that the new one was made from.
 * @throws CommandError when the file has another text by now.
 */
export async function replaceFile(file: string, before: string, after: string): Promise<void> {
  const target = await realpath(file);
  if ((await readFile(target, "utf8")) !== before) {
    throw new CommandError(`${file} was changed meanwhile; nothing was written. Run this again.`);
  }
  // In the same folder, because only within a file system is a rename one step.
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
    await handle.chmod(mode); // open() takes the process's umask away from it
    await handle.sync();
  } finally {
    await handle.close();
  }
}
