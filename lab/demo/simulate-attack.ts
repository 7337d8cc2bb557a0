import { DetachUserPolicyCommand } from "@aws-sdk/client-iam";
import { TAG_KEYS, TAG_STATUS } from "../../functions/contract";
import { messageOf } from "../../functions/shared/message-of";
import { AccountNames, NAMES } from "../../stacks/names";
import type { LabClient } from "../client/lab-client";
import { missingSteps, watchQuarantine, type QuarantineTimeline } from "../client/quarantine-timeline";
import { attachedPoliciesOf, tagsOf } from "../client/read-user";
import { waitFor } from "../shared/wait-for";

/** Longest wait for a quarantine to be complete in the lab on a busy machine, in milliseconds. */
const LIMIT_MS = 60_000;

export interface Attack {
  readonly accountId: string;
  readonly securityAccountId: string;
  /** A kind of the function attack-simulation. */
  readonly kind: string;
}

export interface AttackResult {
  readonly userName: string;
  readonly timeline: QuarantineTimeline;
  /** What should have happened and did not. */
  readonly failures: readonly string[];
}

/** Runs the attack simulation in an account and checks every step of the response. */
export async function simulateAttack(lab: LabClient, { kind, ...accounts }: Attack): Promise<AttackResult> {
  const answer = (await lab.invoke(accounts.accountId, NAMES.simulation, { kind })) as {
    readonly users: readonly { readonly userName: string }[];
    readonly failed: readonly unknown[];
  };
  const userName = answer.users[0]?.userName;
  if (userName === undefined) {
    throw new Error(`The attack simulation created no user: ${JSON.stringify(answer.failed)}`);
  }
  const timeline = await watchQuarantine(lab, { ...accounts, userName }, LIMIT_MS);
  const state = await checkState(lab, accounts.accountId, userName);
  const audit = await checkAuditLog(lab, accounts.securityAccountId, userName);
  const missing = missingSteps(timeline).map(
    (step) => `the step "${step}" did not happen within ${LIMIT_MS} ms`,
  );
  return {
    userName,
    timeline,
    failures: [...missing, ...state, ...audit].map((text) => `${userName}: ${text}`),
  };
}

/**
 * Detaches the deny as the attacker, who has an administrator's credentials.
 *
 * @returns IAM's refusal; undefined when IAM did it.
 */
export async function detachDeny(
  lab: LabClient,
  accountId: string,
  userName: string,
): Promise<string | undefined> {
  const { quarantinePolicyArn: PolicyArn } = new AccountNames("aws", accountId);
  const detach = new DetachUserPolicyCommand({ UserName: userName, PolicyArn });
  return lab
    .iam(accountId)
    .send(detach)
    .then(() => undefined, messageOf);
}

/** What of the quarantine a released user still has. */
export async function leftOn(lab: LabClient, accountId: string, userName: string): Promise<string[]> {
  const iam = lab.iam(accountId);
  const [policies, tags] = await Promise.all([attachedPoliciesOf(iam, userName), tagsOf(iam, userName)]);
  const status = tags[TAG_KEYS.status];
  return [
    ...policies.filter(({ PolicyName }) => PolicyName === NAMES.quarantinePolicy).map(() => "the deny"),
    ...(status === TAG_STATUS.released ? [] : [`the tag ${TAG_KEYS.status}=${status ?? ""}`]),
  ].map((what) => `${userName}: was released and still has ${what}`);
}

/** Deletes what the attack simulation created in an account. Returns what it could not delete. */
export async function cleanUp(lab: LabClient, accountId: string): Promise<readonly string[]> {
  const answer = (await lab.invoke(accountId, NAMES.simulation, { action: "clean-up" })) as {
    readonly failed: readonly unknown[];
  };
  return answer.failed.map((failure) => `not deleted in ${accountId}: ${JSON.stringify(failure)}`);
}

async function checkState(lab: LabClient, accountId: string, userName: string): Promise<string[]> {
  const iam = lab.iam(accountId);
  const [policies, tags] = await Promise.all([attachedPoliciesOf(iam, userName), tagsOf(iam, userName)]);
  const { quarantinePolicyArn } = new AccountNames("aws", accountId);
  const attached = policies.some(({ PolicyArn }) => PolicyArn === quarantinePolicyArn);
  const status = tags[TAG_KEYS.status];
  return [
    ...(attached ? [] : [`${NAMES.quarantinePolicy} is not attached`]),
    ...(status === TAG_STATUS.quarantined ? [] : [`the tag ${TAG_KEYS.status} is ${status ?? "missing"}`]),
  ];
}

async function checkAuditLog(lab: LabClient, securityAccountId: string, userName: string): Promise<string[]> {
  const lines = await waitFor(async () => {
    const found = await lab.logLines(securityAccountId, NAMES.auditLog, userName);
    return has(found, "aws.iam") && has(found, "lambda") ? found : undefined;
  }, LIMIT_MS);
  return lines === undefined ? ["the audit log lacks the event or the outcome"] : [];
}

function has(lines: readonly string[], source: string): boolean {
  return lines.some((line) => (JSON.parse(line) as { source?: unknown }).source === source);
}
