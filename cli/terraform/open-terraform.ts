import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { WORK_FOLDER } from "../../stacks/synthesis/synthesize-rollout";
import { CommandError } from "../errors";
import type { Shell } from "../shell";
import { findTerraform } from "./find-terraform";
import { findVersion } from "./find-version";
import { terraformEnvironment, type TerraformSettings } from "./settings";

/** Reviewed checksums of the provider, when someone has committed them. */
const LOCK_FILE = ".terraform.lock.hcl";

/**
 * Finds Terraform and creates the folder it works in.
 *
 * @param outdir Absolute path of the synthesized stacks.
 * @param command Name of the command: each has plans and logs of its own.
 * @throws CommandError when there is no Terraform, and on Windows.
 */
export async function openTerraform(
  { env, cwd }: Shell,
  outdir: string,
  command: string,
): Promise<TerraformSettings> {
  if (process.platform === "win32") {
    throw new CommandError(
      "Expected Linux or macOS: Windows cannot ask Terraform to stop gracefully. Use WSL.",
    );
  }
  const program = findTerraform(env);
  const sharedFolder = path.join(cwd, WORK_FOLDER);
  const workFolder = path.join(sharedFolder, command);
  mkdirSync(workFolder, { recursive: true, mode: 0o700 });
  const lockFile = path.join(cwd, LOCK_FILE);
  return {
    program,
    version: await findVersion(program, env),
    env: terraformEnvironment(env, sharedFolder),
    outdir,
    workFolder,
    sharedFolder,
    lockFile: existsSync(lockFile) ? lockFile : undefined,
  };
}
