import { mkdirSync, realpathSync } from "node:fs";
import { App } from "cdktf";
import { addStacks } from "../app";
import { guardAccount } from "../config/guard-targets";
import type { Rollout } from "../config/rollout";
import type { FunctionPackages } from "../function-package";
import type { KeptState } from "../state/errored-states";
import { releaseFolders } from "../state/release-folders";
import { resolvingTokensOnly } from "./resolving-tokens-only";
import { withoutTokenTraces } from "./without-token-traces";

/** Absolute paths of folders that need not exist yet. */
export interface SynthesisFolders {
  /** For the synthesized stacks. */
  readonly outdir: string;
  /** For plans, logs and states that were not saved. */
  readonly workFolder: string;
}

/**
 * Writes the stacks of the whole organization as Terraform: the same files as plain CDKTF, in less time.
 *
 * @returns States that were not saved, and had to leave the folders of accounts whose names have moved.
 * @throws {FolderInUseError} When Terraform still applies in a folder that another account's stack needs.
 */
export function synthesize(
  rollout: Rollout,
  packages: FunctionPackages,
  { outdir, workFolder }: SynthesisFolders,
): KeptState[] {
  mkdirSync(outdir, { recursive: true });
  // The stacks name local states relative to themselves, and Terraform follows symbolic links first.
  const folder = realpathSync(outdir);
  const management = guardAccount(rollout);
  const accounts = [rollout.securityAccount, ...rollout.accounts, ...(management ? [management] : [])];
  const kept = releaseFolders(new Map(accounts.map(({ name, id }) => [name, id])), folder, workFolder);
  faster(() => addStacks(new App({ outdir: folder }), rollout, packages).synth());
  return kept;
}

/**
 * Runs a synthesis without two kinds of work that CDKTF does and our stacks do not need. Without this call
 * the files are the same, but it takes longer: docs/adr/0011-synthesis.md has the numbers.
 */
function faster(synth: () => void): void {
  withoutTokenTraces(() => resolvingTokensOnly(synth));
}
