import type { App } from "cdktf";
import { AccountStack } from "./account-stack";
import { guardAccount } from "./config/guard-targets";
import type { Rollout } from "./config/rollout";
import type { FunctionPackages } from "./function-package";
import { GuardStack } from "./guard-stack";
import { SecurityStack } from "./security-stack";

/**
 * Adds the stacks of the whole organization to an app: the security account's, one per target account, which
 * is deployed after it, and, when it is enabled, the guard's, which is deployed last. Always all of them: the
 * CDKTF CLI deletes the output of stacks that are no longer synthesized, so accounts are selected when
 * deploying.
 */
export function addStacks(app: App, rollout: Rollout, packages: FunctionPackages): App {
  const security = new SecurityStack(app, rollout.securityAccount.name, { rollout, packages });
  const accounts = rollout.accounts.map((account) => {
    const stack = new AccountStack(app, account.name, { rollout, account, packages });
    stack.addDependency(security);
    return stack;
  });
  const managementAccount = guardAccount(rollout);
  if (managementAccount !== undefined) {
    const guard = new GuardStack(app, managementAccount.name, { rollout, managementAccount });
    [security, ...accounts].forEach((stack) => guard.addDependency(stack));
  }
  return app;
}
