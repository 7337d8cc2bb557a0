import { existsSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../../functions/shared/message-of";
import { CommandError } from "../errors";
import { execute, type ExecuteOptions } from "../execute";

/** Folders of the project as it is, and as it was. */
export interface Projects {
  readonly current: string;
  readonly earlier: string;
}

/**
 * Gives the earlier project its packages: those of the checkout if both have the same lock file, else its
 * own.
 *
 * @param note Gets a message before packages are installed, which takes a while.
 * @throws CommandError when npm cannot install them.
 */
export async function provideDependencies(
  { current, earlier }: Projects,
  options: Pick<ExecuteOptions, "env" | "signal">,
  note: (text: string) => void,
): Promise<void> {
  const packages = path.join(earlier, "node_modules");
  if (existsSync(packages)) {
    return; // git tracks them
  }
  if (lockOf(current) === lockOf(earlier)) {
    symlinkSync(path.join(current, "node_modules"), packages, "dir");
    return;
  }
  note("package-lock.json has changed since: installing the packages of that revision with npm ci");
  // Synthesis needs no install script, and older packages may have known vulnerabilities.
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { code, stderr } = await execute("npm", args, { ...options, cwd: earlier }).catch(
    (cause: unknown) => {
      options.signal?.throwIfAborted();
      throw new CommandError(`npm could not be started: ${messageOf(cause)}`);
    },
  );
  if (code !== 0) {
    throw new CommandError(`npm ci could not install the packages of that revision:\n${stderr.trim()}`);
  }
}

function lockOf(project: string): string | undefined {
  const file = path.join(project, "package-lock.json");
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
