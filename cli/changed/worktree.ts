import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CommandError } from "../errors";
import type { Git } from "./git";

/** Works in a temporary folder, given by its physical path, and always removes it. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "quarantine-changed-")));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Checks a commit out into a folder that does not exist yet, works there, and always removes it. The
 * operator's own checkout, index and branches stay as they are.
 *
 * @throws CommandError when git cannot check them out.
 */
export async function inWorktree<T>(
  git: Git,
  commit: string,
  folder: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    const added = await git(["worktree", "add", "--quiet", "--detach", folder, commit], signal);
    if (added.code !== 0) {
      throw new CommandError(`git could not check out ${commit}: ${added.stderr.trim()}`);
    }
    return await work();
  } finally {
    // Twice: a worktree whose checkout was stopped is still locked. A missing one is no error.
    await git(["worktree", "remove", "--force", "--force", folder]);
  }
}
