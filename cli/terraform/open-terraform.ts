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
 * @param command Name of the command: each has its own plans and logs.
 * @param signal Ends the search; its reason is thrown.
 * @throws CommandError when there is no Terraform, and on Windows.
 */
export async function openTerraform(
  { env: ownEnv, cwd }: Shell,
  outdir: string,
  command: string,
  signal?: AbortSignal,
): Promise<TerraformSettings> {
  if (process.platform === "win32") {
    throw new CommandError(
      "Expected Linux or macOS: Windows cannot ask Terraform to stop gracefully. Use WSL.",
    );
  }
  const program = findTerraform(ownEnv);
  const sharedFolder = path.join(cwd, WORK_FOLDER);
  const workFolder = path.join(sharedFolder, command);
  mkdirSync(workFolder, { recursive: true, mode: 0o700 });
  const env = terraformEnvironment(ownEnv, sharedFolder);
  // Terraform refuses a cache folder that does not exist, even for `terraform version`.
  mkdirSync(env.TF_PLUGIN_CACHE_DIR, { recursive: true });
  const lockFile = path.join(cwd, LOCK_FILE);
  return {
    program,
    version: await findVersion(program, { env, signal }),
    env,
    outdir,
    workFolder,
    sharedFolder,
    lockFile: existsSync(lockFile) ? lockFile : undefined,
  };
}
