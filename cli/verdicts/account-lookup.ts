import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { IAMClient, type IAMClientConfig } from "@aws-sdk/client-iam";
import {
  ACCESS_ASPECTS,
  readQuarantinePolicy,
  readUserState,
} from "../../functions/security-response/containment/read-user-state";
import { errorText } from "../../functions/shared/aws-error";
import { Deadline } from "../../functions/shared/deadline";
import { objectAt, type JsonObject } from "../../functions/shared/json";
import type { RetryTiming } from "../../functions/shared/retry";
import { deploymentRoleArn } from "../../stacks/config/roles";
import type { Account, Rollout } from "../../stacks/config/rollout";
import { AccountNames } from "../../stacks/names";
import { clientSettings, roleCredentials } from "../aws/role-session";
import { CommandError } from "../errors";
import type { SeenUser } from "./explain";
import { findCreations, Lookup, readCreations } from "./lookup";
import type { RecordCache } from "./record-cache";

/** Time limit for everything that is read about one user, in milliseconds. */
const USER_MS = 30_000;

const TIMING: RetryTiming = {
  clock: Date.now,
  random: Math.random,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/**
 * The records of CreateUser of one account, looked up with the deployment role, or the role of `--role`.
 *
 * @throws CommandError when they cannot be read. The cache keeps what was read before.
 */
export async function readAccountCreations(
  rollout: Rollout,
  account: Account,
  days: number,
  cache: RecordCache,
  timing: RetryTiming = TIMING,
): Promise<JsonObject[]> {
  return withSession(
    rollout,
    account,
    async ({ lookup }) => readCreations(lookup, account.id, days, cache),
    timing,
  );
}

/** A creation of a user, and the user as IAM shows it. */
export interface FoundCreation {
  readonly record: JsonObject;
  /** Undefined if the user of this creation no longer exists, or could not be read. */
  readonly seen: SeenUser | undefined;
}

/**
 * The record of the creation of a user, and the user in IAM. Of several users with the same name, the
 * existing one counts, otherwise the last.
 *
 * @throws CommandError when CloudTrail cannot be read, or has no such record.
 */
export async function readUserCreationRecord(
  rollout: Rollout,
  account: Account,
  userName: string,
  timing: RetryTiming = TIMING,
): Promise<FoundCreation> {
  const { quarantinePolicyArn } = new AccountNames(rollout.partition, account.id);
  return withSession(
    rollout,
    account,
    async ({ lookup, settings }) => {
      const [records, { id, seen }] = await Promise.all([
        findCreations(lookup, userName),
        readUser(settings, userName, quarantinePolicyArn, timing),
      ]);
      const own = records.find((record) => id !== undefined && userIdOf(record) === id);
      const record = own ?? records[0];
      if (record === undefined) {
        throw new Error(
          `CloudTrail has no creation of ${userName} of the last 90 days in ${lookup.region}; the newest events can be 15 minutes late`,
        );
      }
      return { record, seen: own === undefined ? undefined : seen };
    },
    timing,
  );
}

function userIdOf(record: JsonObject): unknown {
  return objectAt(objectAt(record, "responseElements"), "user")["userId"];
}

interface Session {
  readonly lookup: Lookup;
  /** Settings of clients that act as the role. */
  readonly settings: IAMClientConfig;
}

async function withSession<T>(
  rollout: Rollout,
  account: Account,
  work: (session: Session) => Promise<T>,
  timing: RetryTiming,
): Promise<T> {
  const { region } = new AccountNames(rollout.partition, account.id);
  const roleArn = deploymentRoleArn(rollout, account.id);
  const own = clientSettings(region);
  const credentials = await roleCredentials({ roleArn, sessionName: "quarantine-replay" }, own);
  const settings = { ...own, credentials };
  // Lookup limits the rate and repeats lookups; retries of the SDK would interfere.
  const cloudTrail = new CloudTrailClient({ ...settings, maxAttempts: 1 });
  try {
    return await work({ lookup: new Lookup(cloudTrail, account.id, region, timing), settings });
  } catch (cause) {
    throw new CommandError(`${account.id}: CloudTrail could not be read as ${roleArn}: ${errorText(cause)}`, {
      cause,
    });
  } finally {
    cloudTrail.destroy();
  }
}

async function readUser(
  settings: IAMClientConfig,
  userName: string,
  policyArn: string,
  timing: RetryTiming,
): Promise<{ readonly id: string | undefined; readonly seen: SeenUser }> {
  const iam = new IAMClient(settings);
  const deadline = new Deadline(timing.clock, timing.clock() + USER_MS);
  const aspects = [...ACCESS_ASPECTS, "tags", "inlineDeny"] as const;
  try {
    const [user, policy] = await Promise.all([
      readUserState({ iam, ...timing }, userName, aspects, deadline),
      readQuarantinePolicy(iam, policyArn, deadline),
    ]);
    const unread = [...user.failed, ...policy.failed].map(({ step, error }) => `${step}: ${error}`);
    return { id: user.state.id, seen: { state: { ...user.state, ...policy.state }, unread } };
  } finally {
    iam.destroy();
  }
}
