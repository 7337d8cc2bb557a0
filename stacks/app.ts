import type { App } from "cdktf";
import { AccountStack } from "./account-stack";
import type { Rollout } from "./config/rollout";
import type { FunctionPackages } from "./function-package";
import { SecurityStack } from "./security-stack";

/**
 * Adds the stacks of the whole organization to an app: the security account's, and one per target account,
 * which is deployed after it. Always all of them: the CDKTF CLI deletes the output of stacks that are no
 * longer synthesized, so accounts are selected when deploying.
 */
export function addStacks(app: App, rollout: Rollout, packages: FunctionPackages): App {
  const security = new SecurityStack(app, rollout.securityAccount.name, { rollout, packages });
  for (const account of rollout.accounts) {
    new AccountStack(app, account.name, { rollout, account, packages }).addDependency(security);
  }
  return app;
}
