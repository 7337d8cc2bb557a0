import {
  ListAttachedUserPoliciesCommand,
  ListUserPoliciesCommand,
  ListUserTagsCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import type { Outcome } from "../../../functions/contract";
import type { LabClient } from "../../../lab/client/lab-client";
import { waitFor } from "../../../lab/shared/wait-for";
import { NAMES } from "../../../stacks/names";
import { SECURITY_ACCOUNT } from "./organization";

/** Tags of a user, by key. */
export async function tagsOf(iam: IAMClient, UserName: string): Promise<Record<string, string>> {
  const { Tags = [] } = await iam.send(new ListUserTagsCommand({ UserName }));
  return Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** Names of the policies of a user, attached and inline. */
export async function policiesOf(iam: IAMClient, UserName: string): Promise<string[]> {
  const [{ AttachedPolicies = [] }, { PolicyNames = [] }] = await Promise.all([
    iam.send(new ListAttachedUserPoliciesCommand({ UserName })),
    iam.send(new ListUserPoliciesCommand({ UserName })),
  ]);
  return [...AttachedPolicies.map(({ PolicyName = "" }) => PolicyName), ...PolicyNames];
}

/** Alerts about a user in an account, as machines read them. */
export async function alertsAbout(
  client: LabClient,
  accountId: string,
  userName: string,
): Promise<Outcome[]> {
  const inbox = await client.inbox(accountId);
  return inbox
    .flatMap(({ messageByProtocol }) => messageByProtocol?.["sqs"] ?? [])
    .map((json) => JSON.parse(json) as Outcome)
    .filter((outcome) => outcome.userName === userName);
}

/** Waits for alerts about a user. Fails when there are fewer in time. */
export async function waitForAlerts(
  client: LabClient,
  accountId: string,
  userName: string,
  { count = 1, limitMs = 20_000 } = {},
): Promise<Outcome[]> {
  const alerts = await waitFor(async () => {
    const found = await alertsAbout(client, accountId, userName);
    return found.length >= count ? found : undefined;
  }, limitMs);
  if (alerts === undefined) {
    const found = await alertsAbout(client, accountId, userName);
    throw new Error(`Expected ${count} alerts about ${userName} within ${limitMs} ms, got ${found.length}.`);
  }
  return alerts;
}

/** Outcomes about a user that reached the security account's audit log. */
export async function auditedOutcomes(client: LabClient, userName: string): Promise<Outcome[]> {
  const lines = await client.logLines(SECURITY_ACCOUNT, NAMES.auditLog, userName);
  return lines
    .map((line) => JSON.parse(line) as { source: string; detail: { responsePayload?: Outcome } })
    .flatMap(({ source, detail }) =>
      source === "lambda" && detail.responsePayload ? [detail.responsePayload] : [],
    )
    .filter((outcome) => outcome.userName === userName);
}

/** Waits for the outcome about a user in the audit log. */
export async function waitForOutcome(
  client: LabClient,
  userName: string,
  limitMs = 20_000,
): Promise<Outcome> {
  const outcome = await waitFor(async () => (await auditedOutcomes(client, userName))[0], limitMs);
  if (outcome === undefined) {
    throw new Error(`Expected an outcome about ${userName} in the audit log within ${limitMs} ms, got none.`);
  }
  return outcome;
}
