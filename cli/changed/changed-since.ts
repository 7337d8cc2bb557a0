import { realpathSync } from "node:fs";
import path from "node:path";
import { DEFAULT_FILE } from "../../stacks/config/load";
import { CommandError } from "../errors";
import { note, type Shell } from "../shell";
import type { StackTarget } from "../stack-target";
import { compareStacks, type Comparison } from "./compare";
import { provideDependencies } from "./dependencies";
import { gitIn } from "./git";
import { readStacks } from "./read-stacks";
import { findRevision, type Revision } from "./revision";
import type { StackContent } from "./stack-contents";
import { synthesizeProject } from "./synthesize-project";
import { inTemporaryFolder, inWorktree } from "./worktree";

export interface ChangedSince extends Comparison {
  readonly revision: Revision;
}

/** What both sides are synthesized with. */
interface Setting {
  readonly shell: Shell;
  /** Folder of the project, by its physical path. */
  readonly project: string;
  /** Configuration, relative to the project. */
  readonly config: string;
  readonly signal: AbortSignal;
}

/**
 * Synthesizes the working tree and a revision, each with its own code, configuration and packages, and
 * compares them. Both are written to a temporary folder; the checkout and its `cdktf.out` stay as they are.
 *
 * @param targets All stacks as they are configured now.
 * @param since The revision, as git names it.
 * @throws CommandError when there is nothing to compare with, or when one side does not synthesize.
 */
export async function changedSince(
  shell: Shell,
  targets: readonly StackTarget[],
  since: string,
  signal: AbortSignal,
): Promise<ChangedSince> {
  const project = realpathSync(shell.cwd);
  const config = configIn(shell);
  const git = gitIn(project, shell.env);
  const revision = await findRevision(git, since, config);
  const setting: Setting = { shell, project, config, signal };
  return inTemporaryFolder(async (folder) => {
    const after = await synthesizeCurrent(setting, path.join(folder, "current"));
    const worktree = path.join(folder, "worktree");
    const before = await inWorktree(git, revision.commit, worktree, signal, () =>
      synthesizeEarlier(setting, revision, worktree, path.join(folder, "earlier")),
    );
    return { revision, ...compareStacks(before, after, targets) };
  });
}

function configIn({ cwd, env }: Shell): string {
  return path.relative(cwd, path.resolve(cwd, env["ROLLOUT_CONFIG"] || DEFAULT_FILE));
}

async function synthesizeCurrent(setting: Setting, outdir: string): Promise<StackContent[]> {
  const { shell, project: cwd, config, signal } = setting;
  await synthesizeProject({ cwd, env: shell.env, signal, config, outdir, title: "the working tree" });
  return readStacks(outdir, cwd);
}

async function synthesizeEarlier(
  { shell, project, config, signal }: Setting,
  { name, prefix }: Revision,
  worktree: string,
  outdir: string,
): Promise<StackContent[]> {
  const earlier = path.join(worktree, prefix);
  checkInside(worktree, path.join(earlier, config), name);
  // At an early time, so that trust that has ended since then does not stop the synthesis.
  const env = { ...shell.env, SOURCE_DATE_EPOCH: "0" };
  await provideDependencies({ current: project, earlier }, { env, signal }, (text) => note(shell, text));
  await synthesizeProject({ cwd: earlier, env, signal, config, outdir, title: `revision ${name}` });
  return readStacks(outdir, earlier);
}

/** A link to a file outside of the repository would give today's configuration for every revision. */
function checkInside(worktree: string, file: string, revision: string): void {
  if (!realpathSync(file).startsWith(worktree + path.sep)) {
    throw new CommandError(
      `${path.basename(file)} of revision ${revision} is a link out of the repository: changed --since needs a configuration that git tracks`,
    );
  }
}
