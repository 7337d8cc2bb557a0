import { IAMClient, paginateGetAccountAuthorizationDetails } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import {
  ACCESS_ASPECTS,
  readQuarantinePolicy,
  readUserState,
} from "../../functions/security-response/containment/read-user-state";
import { stateOfDetail } from "../../functions/security-response/containment/state-of-detail";
import type { Aspect, Reading } from "../../functions/security-response/containment/user-state";
import { parseArn } from "../../functions/shared/arn";
import { errorText } from "../../functions/shared/aws-error";
import { collectPages } from "../../functions/shared/collect-pages";
import { Deadline } from "../../functions/shared/deadline";
import { messageOf } from "../../functions/shared/message-of";
import { runConcurrently } from "../../functions/shared/run-concurrently";
import { deploymentRoleArn } from "../../stacks/config/roles";
import type { Account, Rollout } from "../../stacks/config/rollout";
import { AccountNames } from "../../stacks/names";
import { clientSettings, roleCredentials } from "../aws/role-session";
import { CommandError } from "../errors";
import { readPauseOf, type PauseReading } from "./read-pause";
import { isConcerned, isFree, statusOf, type UserStatus } from "./user-status";

/** The most users a page may have. Source: IAM API reference, GetAccountAuthorizationDetails. */
const PAGE = 1_000;

/** Time limit for everything that is read about one account, in milliseconds. */
const ACCOUNT_MS = 120_000;

/** What the listing of all users does not contain. */
const CREDENTIALS: readonly Aspect[] = ACCESS_ASPECTS.filter(
  (aspect) => !["identity", "groups", "attachedPolicies", "inlinePolicies"].includes(aspect),
);

/** The quarantined users of one account and its pause, or why they could not be read. */
export type AccountReading =
  | {
      readonly kind: "read";
      readonly account: Account;
      readonly users: readonly UserStatus[];
      readonly pause: PauseReading;
    }
  | { readonly kind: "unreadable"; readonly account: Account; readonly error: string };

/** Reads many accounts concurrently. An account that cannot be read does not stop the others. */
export async function readAccounts(
  rollout: Rollout,
  accounts: readonly Account[],
  concurrency: number,
): Promise<AccountReading[]> {
  return runConcurrently(accounts, concurrency, async (account): Promise<AccountReading> => {
    try {
      const [users, pause] = await Promise.all([
        readAccount(rollout, account),
        readAccountPause(rollout, account),
      ]);
      return { kind: "read", account, users, pause };
    } catch (error) {
      return { kind: "unreadable", account, error: messageOf(error) };
    }
  });
}

/**
 * Every user of an account that is, was or should be quarantined, read with the deployment role.
 *
 * @throws CommandError when the account cannot be read.
 */
export async function readAccount(rollout: Rollout, account: Account): Promise<UserStatus[]> {
  const names = new AccountNames(rollout.partition, account.id);
  const roleArn = deploymentRoleArn(rollout, account.id);
  const settings = clientSettings(names.region);
  const credentials = await roleCredentials({ roleArn, sessionName: "quarantine-status" }, settings);
  const iam = new IAMClient({ ...settings, credentials });
  try {
    return await readUsers(iam, names, account);
  } catch (cause) {
    throw new CommandError(
      `${account.id}: its IAM users could not be listed as ${roleArn}: ${errorText(cause)}`,
      { cause },
    );
  } finally {
    iam.destroy();
  }
}

/** Whether the quarantine of an account is paused, read with the same role. */
async function readAccountPause(rollout: Rollout, { id }: Account): Promise<PauseReading> {
  const settings = clientSettings(new AccountNames(rollout.partition, id).region);
  const roleArn = deploymentRoleArn(rollout, id);
  const credentials = await roleCredentials({ roleArn, sessionName: "quarantine-status" }, settings);
  const lambda = new LambdaClient({ ...settings, credentials });
  try {
    return await readPauseOf(lambda);
  } finally {
    lambda.destroy();
  }
}

/**
 * The users of an account, with a client. Details beyond the listing are read only for users who have a deny
 * or a tag of ours and are not free.
 */
export async function readUsers(
  iam: IAMClient,
  names: AccountNames,
  { deactivateAccessKeys, deleteLoginProfile }: Account,
  now: () => number = Date.now,
): Promise<UserStatus[]> {
  const policyArn = names.quarantinePolicyArn;
  const deadline = new Deadline(now, now() + ACCOUNT_MS);
  const details = await deadline.run((options) =>
    collectPages(
      paginateGetAccountAuthorizationDetails({ client: iam, pageSize: PAGE }, { Filter: ["User"] }, options),
      (page) => page.UserDetailList,
    ),
  );
  const stranger = details.find(({ Arn = "" }) => parseArn(Arn)?.accountId !== names.accountId);
  if (stranger !== undefined) {
    throw new Error(`the answer lists a user of another account, ${stranger.Arn}`);
  }
  const concerned = details
    .map((detail) => ({ userName: detail.UserName ?? "", state: stateOfDetail(detail) }))
    .filter(({ state }) => isConcerned(state, policyArn));
  const held = concerned.filter(({ state }) => !isFree(state, policyArn, now()));
  // At the same time as the users: it never rejects.
  const reading = held.length === 0 ? undefined : readQuarantinePolicy(iam, policyArn, deadline);
  const settings = { policyArn, deactivateAccessKeys, deleteLoginProfile };
  const reader = { iam, clock: now, random: Math.random, sleep };
  return runConcurrently(concerned, USERS_AT_ONCE, async ({ userName, state }) => {
    if (isFree(state, policyArn, now())) {
      return statusOf(userName, state, settings, now());
    }
    const { state: credentials, failed } = await readUserState(reader, userName, CREDENTIALS, deadline);
    const policy = (await reading) ?? NOTHING_READ;
    const known = { ...state, ...credentials, ...policy.state };
    return statusOf(userName, known, settings, now(), unread([...failed, ...unreadPolicy(policy)]));
  });
}

/** Users of one account whose credentials are read concurrently, with six calls each. */
const USERS_AT_ONCE = 4;

const NOTHING_READ: Reading = { state: {}, failed: [] };

/** A policy that denies nothing is shown as a gap. */
function unreadPolicy({ state, failed }: Reading): Reading["failed"] {
  return state.policyDenies === undefined ? failed : [];
}

function unread(failed: Reading["failed"]): string[] {
  return failed.map(({ step, error }) => `${step}: ${error}`);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
