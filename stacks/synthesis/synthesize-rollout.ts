import type { Rollout } from "../config/rollout";
import type { FunctionPackages } from "../function-package";

/**
 * Writes the stacks of the whole organization as Terraform.
 *
 * @param packages Loading CDKTF takes half a second, and esbuild works in a process of its own meanwhile.
 * @param outdir Folder for the output. @default - the one that the CDKTF CLI names in CDKTF_OUTDIR, or
 * `cdktf.out`
 */
export async function synthesizeRollout(
  rollout: Rollout,
  packages: Promise<FunctionPackages>,
  outdir?: string,
): Promise<void> {
  const [{ synthesize }, made] = await Promise.all([import("./synthesize.js"), packages]);
  synthesize(rollout, made, outdir);
}
