import { App } from "cdktf";
import { addStacks } from "../app";
import type { Rollout } from "../config/rollout";
import type { FunctionPackages } from "../function-package";
import { resolvingTokensOnly } from "./resolving-tokens-only";
import { withoutTokenTraces } from "./without-token-traces";

/** Writes the stacks of the whole organization as Terraform: the same files as plain CDKTF, in less time. */
export function synthesize(rollout: Rollout, packages: FunctionPackages, outdir?: string): void {
  faster(() => addStacks(new App({ outdir }), rollout, packages).synth());
}

/**
 * Runs a synthesis without two kinds of work that CDKTF does and our stacks do not need. Without this call
 * the files are the same, but it takes longer: docs/adr/0011-synthesis.md has the numbers.
 */
function faster(synth: () => void): void {
  withoutTokenTraces(() => resolvingTokensOnly(synth));
}
