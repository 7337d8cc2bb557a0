import path from "node:path";
import { CommandError, UsageError } from "../errors";
import type { Git } from "./git";

/** A revision of the repository that holds the project. */
export interface Revision {
  /** As the operator named it. */
  readonly name: string;
  /** Full id of the commit. */
  readonly commit: string;
  /** Folder of the project in the repository; empty, or with a slash at its end. */
  readonly prefix: string;
}

/**
 * Finds a revision, and the configuration in it.
 *
 * @param name Commit, branch, tag, or anything else that git resolves to a commit.
 * @param config Path of the configuration, relative to the project.
 * @throws CommandError outside a repository, and when the revision does not have the configuration.
 * @throws UsageError for a revision that does not exist.
 */
export async function findRevision(git: Git, name: string, config: string): Promise<Revision> {
  const inside = await git(["rev-parse", "--show-prefix"]);
  if (inside.code !== 0) {
    throw new CommandError(`changed --since needs a git repository: ${inside.stderr.trim()}`);
  }
  const prefix = inside.stdout.replace(/\n$/, "");
  const commit = await findCommit(git, name);
  await checkConfig(git, { name, commit, prefix }, config);
  return { name, commit, prefix };
}

async function findCommit(git: Git, name: string): Promise<string> {
  // No revision begins with a hyphen, and git would take it for an option.
  const found = name.startsWith("-")
    ? undefined
    : await git(["rev-parse", "--verify", "--quiet", `${name}^{commit}`]);
  if (found?.code === 0) {
    return found.stdout.trim();
  }
  const shallow = await git(["rev-parse", "--is-shallow-repository"]);
  throw new UsageError(
    shallow.stdout.trim() === "true"
      ? `--since ${name}: not in this shallow clone. Fetch the history first: git fetch --unshallow, or fetch-depth: 0 for actions/checkout`
      : `--since ${name}: expected a commit, branch or tag of this repository`,
  );
}

async function checkConfig(git: Git, revision: Revision, config: string): Promise<void> {
  const { name, commit, prefix } = revision;
  const file = path.posix.join(prefix, config.split(path.sep).join("/"));
  if (path.isAbsolute(config) || file === ".." || file.startsWith("../")) {
    throw new CommandError(
      `${config} is outside the repository: changed --since needs a configuration that git tracks`,
    );
  }
  const found = await git(["cat-file", "-e", `${commit}:${file}`]);
  if (found.code !== 0) {
    throw new CommandError(
      `${file} is not part of ${name} (${commit.slice(0, 12)}): changed --since needs a revision that has the configuration`,
    );
  }
}
