import { App } from "cdktf";
import { AccountStack } from "./account-stack";
import type { Rollout } from "./config/rollout";
import type { FunctionPackages } from "./function-package";
import { resolvingTokensOnly } from "./resolving-tokens-only";
import { SecurityStack } from "./security-stack";
import { withoutPretenuring } from "./without-pretenuring";
import { withoutTokenTraces } from "./without-token-traces";

/**
 * Adds the stacks of the whole organization to an app: the security account's, and one per target account
 * that is deployed after it. Always all of them: the CDKTF CLI deletes the output of stacks that are no
 * longer synthesized, so accounts are selected when deploying.
 */
export function addStacks(app: App, rollout: Rollout, packages: FunctionPackages): App {
  const security = new SecurityStack(app, rollout.securityAccount.name, { rollout });
  for (const account of rollout.accounts) {
    new AccountStack(app, account.name, { rollout, account, packages }).addDependency(security);
  }
  return app;
}

/**
 * Writes the stacks of the whole organization as Terraform.
 *
 * @param outdir Folder for the output. @default - the one that the CDKTF CLI names in CDKTF_OUTDIR, or
 * `cdktf.out`
 */
export function synthesize(rollout: Rollout, packages: FunctionPackages, outdir?: string): void {
  const write = () => addStacks(new App({ outdir }), rollout, packages).synth();
  withoutPretenuring(() => withoutTokenTraces(() => resolvingTokensOnly(write)));
}
