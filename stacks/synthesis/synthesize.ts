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
 * Makes the stack of one account after the other, as `synthesize` writes them, and no file. What depends on
 * where they would be written, the path of a local state, is that of a folder that is gone.
 *
 * @returns Makes the stack of an account; throws for an account that has none.
 */
export function stackMaker(rollout: Rollout, packages: FunctionPackages): (accountId: string) => object {
  const app = appWithoutFolder();
  return (accountId) =>
    faster(() => {
      const stack = addStack(app, rollout, packages, accountId);
      const json = stack.toTerraform() as object;
      // A thousand of them would be kept else.
      app.node.tryRemoveChild(stack.node.id);
      return json;
    });
}

/** CDKTF creates an app's folder with the app. */
function appWithoutFolder(): App {
  const outdir = mkdtempSync(path.join(tmpdir(), "stacks-"));
  try {
    return new App({ outdir });
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/**
 * Runs a synthesis without two kinds of work that CDKTF does and our stacks do not need. Without this call
 * the files are the same, but it takes longer: docs/adr/0011-synthesis.md has the numbers.
 */
function faster<T>(synth: () => T): T {
  return withoutTokenTraces(() => resolvingTokensOnly(synth));
}
