import path from "node:path";
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DetachUserPolicyCommand,
  ListAttachedUserPoliciesCommand,
  ListUserTagsCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { QUARANTINE_POLICY_NAME, SWEEP_SOURCE, TAG_KEYS, type HealthOutcome } from "../../functions/contract";
import type { JsonObject } from "../../functions/shared/json";
import { runConcurrently } from "../../functions/shared/run-concurrently";
import { addressOf, LabClient } from "../../lab/client/lab-client";
import { LabDeployment } from "../../lab/deployment";
import { startLab, type Lab } from "../../lab/lab";
import { ADMINISTRATOR_USER, LAB_ORGANIZATION } from "../../lab/organization/accounts";
import { labRolloutYaml } from "../../lab/organization/rollout-yaml";
import {
  ALARM_PREFIX,
  MISSED_SWEEPS,
  NAMES,
  SECURITY_ALARM_PREFIX,
  SILENT_ACCOUNTS,
} from "../../stacks/names";
import { eventually } from "../support/eventually";
import { labApi, type LabApi } from "../support/lab/api";
import { endOfHold, outcomesOnBus } from "./cases/looks";
import { ACCOUNT } from "./cases/organization";

const PROJECT = path.join(__dirname, "../..");
const MINUTE_MS = 60_000;

/** Two stacks by Terraform on two cores, with room for a busy machine. */
const DEPLOYMENT_MS = 900_000;

/** Users of before the first deployment. */
const OLD_USERS = 1_000;
const POLICY_ARN = `arn:aws:iam::${ACCOUNT}:policy/${QUARANTINE_POLICY_NAME}`;

const ORGANIZATION = {
  ...LAB_ORGANIZATION,
  memberAccounts: LAB_ORGANIZATION.memberAccounts.filter(({ id }) => id === ACCOUNT),
};

let lab: Lab;
let client: LabClient;
let iam: IAMClient;
let api: LabApi;
const stopping = new AbortController();
/** What a sweep reported that ran at once after the losses. */
let early: JsonObject = {};
let statusAfterEarly: string | undefined;

beforeAll(async () => {
  lab = await startLab(ORGANIZATION);
  client = new LabClient(addressOf(lab));
  iam = client.iam(ACCOUNT);
  api = labApi(lab.endpoint, lab.credentials(ACCOUNT).accessKeyId);
  const old = Array.from({ length: OLD_USERS }, (_, index) => `old-${index}`);
  await runConcurrently(old, 8, (UserName) => iam.send(new CreateUserCommand({ UserName })));
  const deployment = new LabDeployment({
    folder: path.join(PROJECT, ".lab", "e2e-sweep"),
    rolloutYaml: labRolloutYaml({ ...ORGANIZATION, overrides: { payments: { attackSimulation: false } } }),
    environment: lab.environment(ORGANIZATION.managementAccount.id),
    signal: stopping.signal,
  });
  await deployment.deployAtOnce();

  await create("sweep-undone");
  await endOfHold(lab, ACCOUNT, "sweep-undone");
  await withoutEvents("CreateUser", NAMES.detectionRule, () => create("sweep-lost"));
  await withoutEvents("DetachUserPolicy", NAMES.undoneRule, () =>
    iam.send(new DetachUserPolicyCommand({ UserName: "sweep-undone", PolicyArn: POLICY_ARN })),
  );
  early = (await client.invoke(ACCOUNT, NAMES.sweep, await scheduledInput())) as JsonObject;
  statusAfterEarly = await statusOf("sweep-lost");

  await client.addFault({ service: "cloudtrail", action: "LookupEvents", kind: "throttle", count: 3 });
  await client.advance(15 * MINUTE_MS);
}, DEPLOYMENT_MS);

afterAll(async () => {
  stopping.abort();
  await lab.stop();
});

/** What the schedule invokes the sweep with. */
async function scheduledInput(): Promise<unknown> {
  const { Targets } = await api("events", "ListTargetsByRule", { Rule: NAMES.sweepRule });
  return JSON.parse((Targets as { Input: string }[])[0]?.Input ?? "") as unknown;
}

async function create(UserName: string): Promise<void> {
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new CreateAccessKeyCommand({ UserName }));
}

/** Does something whose event EventBridge loses: no rule is there when it comes. */
async function withoutEvents(eventName: string, Name: string, act: () => Promise<unknown>): Promise<void> {
  const count = async () =>
    (await client.events(ACCOUNT)).filter((event) => JSON.stringify(event).includes(`"${eventName}"`)).length;
  await api("events", "DisableRule", { Name });
  const before = await count();
  await act();
  await eventually(`the event ${eventName} to be lost`, async () => (await count()) > before || undefined);
  await api("events", "EnableRule", { Name });
}

async function statusOf(UserName: string): Promise<string | undefined> {
  const { Tags = [] } = await iam.send(new ListUserTagsCommand({ UserName }));
  return Tags.find(({ Key }) => Key === TAG_KEYS.status)?.Value;
}

const foundBySweep = async (userName: string) =>
  eventually(`the sweep to find ${userName}`, async () =>
    (await outcomesOnBus(client, ACCOUNT, userName)).find(({ foundBy }) => foundBy === "sweep"),
  );

test("a sweep touches nothing while the event of a creation may still come", () => {
  expect(early).toMatchObject({ candidates: 0, recovered: 0, gaps: 0 });
  expect(statusAfterEarly).toBeUndefined();
});

test("a creation whose event was lost is contained by the next sweep, though CloudTrail throttles", async () => {
  const outcome = await foundBySweep("sweep-lost");

  expect(outcome).toMatchObject({ status: "QUARANTINED", alerted: true, verdict: { rule: "default" } });
  expect(await statusOf("sweep-lost")).toBe("QUARANTINED");
});

test("a deny whose detaching no event told of is put back by every method", async () => {
  const outcome = await foundBySweep("sweep-undone");

  expect(outcome).toMatchObject({
    ...{ status: "RESTORED", severity: "CRITICAL" },
    actor: expect.stringContaining(ADMINISTRATOR_USER),
  });
  const attached = await iam.send(new ListAttachedUserPoliciesCommand({ UserName: "sweep-undone" }));
  expect(attached.AttachedPolicies).toMatchObject([{ PolicyArn: POLICY_ARN }]);
});

test("the thousand users of before the first deployment are listed and left alone", async () => {
  const line = await eventually("the line with which a sweep ends", async () =>
    (await client.logLines(ACCOUNT, `/aws/lambda/${NAMES.sweep}`, '"recovered":1')).at(0),
  );

  expect(JSON.parse(line)).toMatchObject({ users: 2, candidates: 1, recovered: 1, gaps: 1, left: 0 });
  expect(await statusOf("old-0")).toBeUndefined();
  expect(await outcomesOnBus(client, ACCOUNT, "old-0")).toEqual([]);
});

test("nothing is found twice: the sweep after has nothing to do", async () => {
  await client.advance(15 * MINUTE_MS);

  const lines = await eventually("another sweep", async () => {
    const ended = await client.logLines(ACCOUNT, `/aws/lambda/${NAMES.sweep}`, "The sweep has ended");
    return ended.length >= 3 ? ended : undefined;
  });
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ candidates: 0, recovered: 0, gaps: 0 });
});

/** What sweeps said of the account's parts, oldest first. */
async function healthOutcomes(): Promise<HealthOutcome[]> {
  const events = await client.events(ACCOUNT);
  return events
    .map(({ event }) => event)
    .filter((event) => event.source === SWEEP_SOURCE)
    .map(({ detail }) => detail as HealthOutcome);
}

const healthMail = (subject: string) =>
  eventually(`a mail with the subject ${subject}`, async () =>
    (await client.inbox(ORGANIZATION.securityAccount.id)).find((mail) => mail.subject === subject),
  );

test("a rule that somebody disables is found by the next sweep, mailed once, and once more when it is well", async () => {
  // The word that the sweep runs, which nobody is mailed.
  expect(await healthOutcomes()).toMatchObject([{ status: "HEALTHY", alerted: false, findings: [] }]);
  const mails = await client.mails(ORGANIZATION.securityAccount.id);
  expect(mails.filter(({ subject }) => subject?.includes("parts"))).toEqual([]);
  await api("events", "DisableRule", { Name: NAMES.detectionRule });

  await client.advance(15 * MINUTE_MS);
  const found = await healthMail(
    `[CRITICAL] ${ACCOUNT}: 1 finding about the parts of the quarantine in payments`,
  );
  await client.advance(15 * MINUTE_MS);
  await api("events", "EnableRule", { Name: NAMES.detectionRule });
  await client.advance(15 * MINUTE_MS);
  await healthMail(`[LOW] ${ACCOUNT}: parts as deployed again in payments`);

  expect(found.messageByProtocol?.["email"]).toContain("Found:    state: DISABLED");
  expect((await healthOutcomes()).slice(1).map(({ status }) => status)).toEqual(["UNHEALTHY", "HEALTHY"]);
  const audited = await client.logLines(ORGANIZATION.securityAccount.id, NAMES.auditLog, "UNHEALTHY");
  expect(audited).toHaveLength(1);
});

test("a sweep whose rule somebody turned off is missed, and people are mailed", async () => {
  const name = `${ALARM_PREFIX}${MISSED_SWEEPS}`;
  await api("events", "DisableRule", { Name: NAMES.sweepRule });

  await client.advance(75 * MINUTE_MS);

  const mail = await eventually(`the mail of the alarm ${name}`, async () =>
    (await client.inbox(ORGANIZATION.securityAccount.id)).find(
      ({ subject }) => subject === `[HIGH] ${ACCOUNT}: alarm ${name}`,
    ),
  );
  expect(mail.publishedBy).toContain(NAMES.notifier);
  // Each hour the security account looked for its word, and had it.
  const metrics = lab.metrics(ORGANIZATION.securityAccount.id);
  expect(metrics).toContainEqual(expect.objectContaining({ name: "SilentAccounts" }));
  const mails = await client.mails(ORGANIZATION.securityAccount.id);
  expect(mails.filter(({ subject }) => subject?.includes("silent"))).toEqual([]);
});

const HOUR_MS = 60 * MINUTE_MS;

const silenceMails = async () =>
  (await client.mails(ORGANIZATION.securityAccount.id)).flatMap(({ subject = "" }) =>
    subject.includes("silent account") ? [subject] : [],
  );

test("where no drill runs, an account is silent two days after the last word of its sweep", async () => {
  const { lookedAt } = (await healthOutcomes()).at(-1) ?? { lookedAt: "" };
  // A look ten minutes past each hour judges by that full hour.
  const lastLookBefore = Math.floor(Date.parse(lookedAt) / HOUR_MS) * HOUR_MS + 48 * HOUR_MS + 15 * MINUTE_MS;

  await client.advance(lastLookBefore - lab.now().getTime());
  expect(await silenceMails()).toEqual([]);
  await client.advance(HOUR_MS);

  await eventually("the mail about the silent account", async () => (await silenceMails()).at(0));
  expect(await silenceMails()).toEqual([`[HIGH] 1 silent account: ${ACCOUNT}`]);
  const security = labApi(lab.endpoint, lab.credentials(ORGANIZATION.securityAccount.id).accessKeyId);
  const AlarmNames = [`${SECURITY_ALARM_PREFIX}${SILENT_ACCOUNTS}`];
  expect(await security("monitoring", "DescribeAlarms", { AlarmNames })).toMatchObject({
    MetricAlarms: [{ StateValue: "ALARM" }],
  });
});
