import { messageOf } from "../../functions/shared/message-of";
import { CommandError } from "../errors";
import { execute, type ProgramResult } from "../execute";

/** Runs git with these arguments. The caller checks the exit code. */
export type Git = (args: readonly string[], signal?: AbortSignal) => Promise<ProgramResult>;

/** Set in a git hook. With them, git would work on the operator's index instead of the worktree's. */
const OF_ANOTHER_REPOSITORY = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"];

/**
 * Git in a folder, without the repository's hooks.
 *
 * @throws CommandError when git cannot be started.
 */
export function gitIn(cwd: string, env: NodeJS.ProcessEnv): Git {
  const clean = Object.fromEntries(
    Object.entries(env).filter(([name]) => !OF_ANOTHER_REPOSITORY.includes(name)),
  );
  return async (args, signal) => {
    try {
      return await execute("git", ["-c", "core.hooksPath=/dev/null", ...args], { cwd, env: clean, signal });
    } catch (cause) {
      signal?.throwIfAborted();
      throw new CommandError(`git could not be started: ${messageOf(cause)}`);
    }
  };
}
