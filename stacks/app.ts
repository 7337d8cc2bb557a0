import type { App, TerraformStack } from "cdktf";
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
  const security = addStack(app, rollout, packages, rollout.securityAccount.id);
  const accounts = rollout.accounts.map(({ id }) => {
    const stack = addStack(app, rollout, packages, id);
    stack.addDependency(security);
    return stack;
  });
  const managementAccount = guardAccount(rollout);
  if (managementAccount !== undefined) {
    const guard = addStack(app, rollout, packages, managementAccount.id);
    [security, ...accounts].forEach((stack) => guard.addDependency(stack));
  }
  return app;
}

/**
 * Adds the stack of one account, whatever the others are.
 *
 * @throws Error for an account that has none.
 */
export function addStack(
  app: App,
  rollout: Rollout,
  packages: FunctionPackages,
  accountId: string,
): TerraformStack {
  const { securityAccount, accounts } = rollout;
  if (accountId === securityAccount.id) {
    return new SecurityStack(app, securityAccount.name, { rollout, packages });
  }
  const managementAccount = guardAccount(rollout);
  if (accountId === managementAccount?.id) {
    return new GuardStack(app, managementAccount.name, { rollout, managementAccount });
  }
  const account = accounts.find(({ id }) => id === accountId);
  if (account === undefined) {
    throw new Error(`expected the id of a configured account, found ${accountId}`);
  }
  return new AccountStack(app, account.name, { rollout, account, packages });
}
