import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { App } from "cdktf";
import { addStack, addStacks } from "../app";
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
 * The stack of one account as `synthesize` writes it, without a file. What depends on where it would be
 * written, the path of a local state, is that of a folder that is gone.
 *
 * @throws Error for an account that has no stack.
 */
export function stackJson(rollout: Rollout, packages: FunctionPackages, accountId: string): object {
  // CDKTF makes an app's folder when the app is made.
  const folder = mkdtempSync(path.join(tmpdir(), "stack-"));
  try {
    return faster(
      () => addStack(new App({ outdir: folder }), rollout, packages, accountId).toTerraform() as object,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs a synthesis without two kinds of work that CDKTF does and our stacks do not need. Without this call
 * the files are the same, but it takes longer: docs/adr/0011-synthesis.md has the numbers.
 */
function faster<T>(synth: () => T): T {
  return withoutTokenTraces(() => resolvingTokensOnly(synth));
}
