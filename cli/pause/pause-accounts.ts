import { setTimeout as sleep } from "node:timers/promises";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { messageOf } from "../../functions/shared/message-of";
import { runConcurrently } from "../../functions/shared/run-concurrently";
import type { Account, Rollout } from "../../stacks/config/rollout";
import { AccountNames } from "../../stacks/names";
import { clientSettings } from "../aws/role-session";
import { breakGlassCredentials } from "../break-glass/session";
import { changePause, type PauseOrder, type PauseResult } from "./pause-account";

/** The result of an order in one account. */
export interface PausedAccount {
  readonly account: Account;
  readonly result: PauseResult;
}

/** The role and operator of an order, and the number of concurrent accounts. */
export interface PauseRun {
  /** Name and path of the break-glass role. */
  readonly role: string;
  /** The operator's source identity. */
  readonly operator: string;
  readonly concurrency: number;
  /** Once it is aborted, no further account is started. */
  readonly signal: AbortSignal;
  readonly onEnd: (account: PausedAccount) => void;
}

/**
 * Executes an order in many accounts, each with its break-glass role. A failed account does not stop the
 * others.
 *
 * @returns Results in the order of the accounts.
 */
export async function changePauses(
  { partition }: Pick<Rollout, "partition">,
  accounts: readonly Account[],
  order: PauseOrder,
  { role, operator, concurrency, signal, onEnd }: PauseRun,
): Promise<PausedAccount[]> {
  return runConcurrently(accounts, concurrency, async (account) => {
    const result: PauseResult = signal.aborted
      ? { kind: "failed", error: "not begun: the command was stopped" }
      : await changeOne(new AccountNames(partition, account.id), role, operator, order);
    const ended = { account, result };
    onEnd(ended);
    return ended;
  });
}

async function changeOne(
  names: AccountNames,
  role: string,
  operator: string,
  order: PauseOrder,
): Promise<PauseResult> {
  try {
    const credentials = await breakGlassCredentials(names.roleArn(role), operator, names.region);
    const lambda = new LambdaClient({ ...clientSettings(names.region), credentials });
    try {
      return await changePause(lambda, order, { clock: Date.now, sleep: (ms) => sleep(ms) });
    } finally {
      lambda.destroy();
    }
  } catch (error) {
    // The second line of the message says what the role needs. The command prints it once.
    return { kind: "failed", error: messageOf(error).split("\n", 1)[0] ?? "" };
  }
}
