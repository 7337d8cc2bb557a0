import path from "node:path";
import type { Rollout } from "../config/rollout";
import type { FunctionPackages } from "../function-package";
import { guardSizeWarning } from "../policies/guard";
import { DEFAULT_OUTDIR } from "../state/errored-states";
import { keepStatesPrivate } from "../state/private-states";

/** Folder for plans, logs and states that were not saved, below where a command was started. */
export const WORK_FOLDER = ".rollout";

/**
 * Writes the stacks of the whole organization as Terraform.
 *
 * @param packages Loading CDKTF takes half a second, and esbuild works in a process of its own meanwhile.
 * @param cwd Folder that the others are relative to. @default - the working directory
 * @param outdir Folder for the output. @default - the one that the CDKTF CLI names in CDKTF_OUTDIR, or
 * `cdktf.out`
 * @returns Lines for the operator: what was moved out of the way, a folder of states that was open, what of
 * the configuration is dangerous, and a guard that other tools may refuse.
 * @throws {FolderInUseError} When Terraform still applies in a folder that another account's stack needs.
 */
export async function synthesizeRollout(
  rollout: Rollout,
  packages: Promise<FunctionPackages>,
  cwd = process.cwd(),
  outdir = process.env["CDKTF_OUTDIR"] ?? DEFAULT_OUTDIR,
): Promise<string[]> {
  const [{ synthesize }, made] = await Promise.all([import("./synthesize.js"), packages]);
  const kept = synthesize(rollout, made, {
    outdir: path.resolve(cwd, outdir),
    workFolder: path.resolve(cwd, WORK_FOLDER),
  });
  return [
    ...kept.map(
      ({ accountId, file }) =>
        `The state of account ${accountId} that an apply could not save is now in ${file}.`,
    ),
    ...(rollout.backend.type === "local" ? keepStatesPrivate(rollout.backend.directory) : []),
    ...rollout.warnings,
    ...guardSizeWarning(rollout),
  ];
}
