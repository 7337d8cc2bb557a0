import { GetAccessKeyLastUsedCommand, type IAMClient } from "@aws-sdk/client-iam";
import { TAG_KEYS } from "../../functions/contract";
import { tagValue } from "../../functions/security-response/containment/tags";
import {
  credentialsOf,
  type Credential,
  type UserState,
} from "../../functions/security-response/containment/user-state";
import { errorCode } from "../../functions/shared/aws-error";
import type { Deadline } from "../../functions/shared/deadline";

/** When each access key was last used, in words, by its id. */
export type LastUses = ReadonlyMap<string, string>;

/**
 * Asks IAM when each access key was last used. If the role may not read that, the text says so, and the
 * release continues.
 */
export async function readLastUses(
  iam: IAMClient,
  keys: readonly Credential[],
  deadline: Deadline,
): Promise<LastUses> {
  const uses = keys.map(async ({ id }) => [id, await lastUse(iam, id, deadline)] as const);
  return new Map(await Promise.all(uses));
}

async function lastUse(iam: IAMClient, AccessKeyId: string, deadline: Deadline): Promise<string> {
  try {
    const { AccessKeyLastUsed } = await deadline.run((options) =>
      iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }), options),
    );
    // Without a date, the key has not been used since IAM began to record it: IAM API reference,
    // AccessKeyLastUsed.
    const { LastUsedDate, ServiceName, Region } = AccessKeyLastUsed ?? {};
    return LastUsedDate === undefined
      ? "never used"
      : `last used ${LastUsedDate.toISOString()} (${ServiceName ?? "unknown service"}, ${Region ?? "unknown Region"})`;
  } catch (error) {
    return `last use not shown (${errorCode(error)})`;
  }
}

/**
 * Every credential of the user, one line each: whether it is active, and whether it was created before the
 * quarantine, by the time in the user's tags.
 */
export function describeCredentials(state: UserState, lastUses: LastUses): string[] {
  const began = Date.parse(tagValue(state.tags ?? [], TAG_KEYS.time));
  const lines = credentialsOf(state).map(
    ({ credential, id, active, createdAt }) =>
      `${credential} ${id}: ${[active ? "ACTIVE" : "inactive", made(createdAt, began), lastUses.get(id)].filter(Boolean).join(", ")}`,
  );
  const all = [...lines, ...describePassword(state, began)];
  return all.length > 0 ? ["  Credentials:", ...all.map((line) => `    ${line}`)] : ["  Credentials: none"];
}

function describePassword(
  { consolePassword, passwordCreatedAt, passwordLastUsed, mfaDevices }: UserState,
  began: number,
): string[] {
  if (consolePassword !== true) {
    return [];
  }
  const used = passwordLastUsed === undefined ? "never used" : `last used ${passwordLastUsed}`;
  const mfa = mfaDevices?.length === 0 ? ["without MFA"] : [];
  return [`console password: ${["ACTIVE", ...mfa, made(passwordCreatedAt, began), used].join(", ")}`];
}

/**
 * IAM's times are whole seconds: a credential created in the same second as the quarantine counts as created
 * before.
 */
function made(createdAt: string | undefined, began: number): string {
  if (createdAt === undefined) {
    return "made at an unknown time";
  }
  if (Number.isNaN(began)) {
    return `made ${createdAt}`;
  }
  return `made ${createdAt}, ${Date.parse(createdAt) > began ? "AFTER" : "before"} the quarantine`;
}
