import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { withPath } from "../functions/shared/system-error";
import { packageFunctions } from "../packaging/package-functions";
import { loadRollout, synthesisTime } from "../stacks/config/load";
import type { Rollout } from "../stacks/config/rollout";
import type { FunctionPackages } from "../stacks/function-package";
import { synthesizeRollout } from "../stacks/synthesis/synthesize-rollout";
import { note, type Shell } from "./shell";

/** The project's folder, where the sources of the functions are. */
const PROJECT = path.join(__dirname, "..");

/** The stacks of the whole organization, written as Terraform. */
export interface Synthesis {
  readonly rollout: Rollout;
  /** Absolute path of the folder that holds them. */
  readonly outdir: string;
}

/**
 * Writes the stacks of the whole organization: the same bytes as `cdktf synth`, without its start-up.
 *
 * @param output Folder, relative to where the command was started.
 * @param change Changes the configuration for this run only.
 * @throws ConfigError with every mistake of `rollout.yaml`.
 */
export async function synthesizeStacks(
  shell: Shell,
  output: string,
  change: (rollout: Rollout) => Rollout = (rollout) => rollout,
): Promise<Synthesis> {
  const { env, cwd } = shell;
  const rollout = change(loadRollout(env, cwd, synthesisTime(env)));
  const outdir = path.resolve(cwd, output);
  try {
    const lines = await synthesizeRollout(rollout, packageProject(), cwd, outdir);
    lines.forEach((line) => note(shell, line));
  } catch (error) {
    throw withPath(error, outdir);
  }
  return { rollout, outdir };
}

/** Bundles the functions of this checkout. */
export function packageProject(): Promise<FunctionPackages> {
  return packageFunctions(PROJECT);
}

/**
 * SHA-256, in hex, of a synthesized stack. The stack contains the hashes of the function packages, so the
 * hash covers them too.
 */
export function stackSha256({ outdir }: Synthesis, stack: string): string {
  const file = path.join(outdir, "stacks", stack, "cdk.tf.json");
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
