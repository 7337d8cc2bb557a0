import path from "node:path";
import { CreateUserCommand, ListUsersCommand, type IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { DRILL_PATH, DRILL_TAG, type DrillOutcome } from "../../functions/contract";
import { addressOf, LabClient } from "../../lab/client/lab-client";
import { LabDeployment } from "../../lab/deployment";
import { startLab, type Lab } from "../../lab/lab";
import { LAB_ORGANIZATION } from "../../lab/organization/accounts";
import { labRolloutYaml, type LabRollout } from "../../lab/organization/rollout-yaml";
import { runProgram } from "../../lab/run-program";
import { NAMES } from "../../stacks/names";
import { eventually } from "../support/eventually";
import { labApi } from "../support/lab/api";
import { CauseTools } from "./cases/alarm-causes";
import { dashboardCases } from "./cases/dashboard";
import { outcomesOnBus, waitForAlerts } from "./cases/looks";
import { ACCOUNT, SECURITY_ACCOUNT } from "./cases/organization";
import {
  ASKED_FOR,
  organizationPolicyCases,
  prepareOrganizationPolicies,
  rolePathCases,
} from "./cases/organization-policies";
import { silenceCases } from "./cases/silence";

const PROJECT = path.join(__dirname, "../..");

/** Two stacks by Terraform on two cores, with room for a busy machine. */
const DEPLOYMENT_MS = 900_000;

/** A drill takes about 50 s here: the response, and then the hold, during which the deny stays. */
const DRILL_MS = 240_000;

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
/** Drills of an hour, since the lab needs a second for each minute of alarms. */
const EVERY_HOURS = 1;
/** Leaves the response about 40 s, so that nobody waits for the three minutes it would have. */
const SHORT_TIMEOUT_SECONDS = 130;

const ORGANIZATION = {
  ...LAB_ORGANIZATION,
  memberAccounts: LAB_ORGANIZATION.memberAccounts.filter(({ id }) => id === ACCOUNT),
};

const ROLLOUT: LabRollout = {
  ...ORGANIZATION,
  resources: ASKED_FOR,
  overrides: { payments: { attackSimulation: false } },
  drill: { everyHours: EVERY_HOURS },
  sweep: { everyMinutes: 0 },
};

let lab: Lab;
let deployment: LabDeployment;
let client: LabClient;
let iam: IAMClient;
let lambda: LambdaClient;
const stopping = new AbortController();

beforeAll(async () => {
  lab = await startLab(ORGANIZATION);
  client = new LabClient(addressOf(lab));
  iam = client.iam(ACCOUNT);
  lambda = new LambdaClient({
    endpoint: lab.endpoint,
    region: "us-east-1",
    credentials: lab.credentials(ACCOUNT),
    requestHandler: { requestTimeout: DRILL_MS },
  });
  await prepareOrganizationPolicies(lab);
  await client.advance(untilLastHoursOfWeek(lab.now().getTime()));
  deployment = new LabDeployment({
    folder: path.join(PROJECT, ".lab", "e2e-drill"),
    rolloutYaml: labRolloutYaml(ROLLOUT),
    environment: lab.environment(ORGANIZATION.managementAccount.id),
    signal: stopping.signal,
  });
  await deployment.deployAtOnce();
  lab.settings.change({ propagationMs: 4_000, eventDelayMs: 3_000 });
}, DEPLOYMENT_MS);

afterAll(async () => {
  stopping.abort();
  await lab.stop();
});

/**
 * Milliseconds until Sunday evening: with the hour that the schedule waits, the first drill is the last of
 * a week, and the second the first of the next.
 */
function untilLastHoursOfWeek(now: number): number {
  // A Sunday, and far more of the hour than a deployment takes.
  const evening = Date.parse("2026-01-04T22:10:00Z");
  return (((evening - now) % WEEK_MS) + WEEK_MS) % WEEK_MS;
}

/** Outcomes of drills in the security account's audit log, oldest first. */
async function audited(): Promise<DrillOutcome[]> {
  const lines = await client.logLines(SECURITY_ACCOUNT, NAMES.auditLog, '"kind":"drill"');
  return lines.map((line) => {
    const { detail } = JSON.parse(line) as { detail: { responsePayload: DrillOutcome } };
    return detail.responsePayload;
  });
}

async function nextDrill(begin: () => Promise<unknown>): Promise<DrillOutcome> {
  const before = (await audited()).length;
  await begin();
  return eventually(
    "the outcome of the drill in the audit log",
    async () => (await audited()).slice(before).at(0),
    DRILL_MS,
  );
}

async function usersOfDrills(): Promise<(string | undefined)[]> {
  const { Users = [] } = await iam.send(new ListUsersCommand({ PathPrefix: DRILL_PATH }));
  return Users.map(({ UserName }) => UserName);
}

/** Subjects of what an account has mailed about a user. */
async function mailedAbout(accountId: string, userName: string): Promise<string[]> {
  const mails = await client.mails(accountId);
  return mails.flatMap(({ subject = "" }) => (subject.includes(userName) ? [subject] : []));
}

async function subjectsIn(accountId: string): Promise<string[]> {
  return (await client.mails(accountId)).map(({ subject = "" }) => subject);
}

// The drills below are proof of these cases, too: under a boundary that is too narrow, each would fail.
const setting = () => ({
  ...{ lab, client, deployment, rollout: ROLLOUT },
  ...{ tools: new CauseTools(lab, client), accountName: "payments" },
});
organizationPolicyCases(setting);

let first: DrillOutcome;

test(
  "a scheduled drill passes, reaches the audit log, and mails nobody",
  async () => {
    await client.addFault({
      ...{ service: "iam", action: "DeleteUser", kind: "refuse", principal: NAMES.drill },
    });
    first = await nextDrill(() => client.advance(HOUR_MS));
    await client.clearFaults();

    expect(first).toMatchObject({
      status: "PASSED",
      accountId: ACCOUNT,
      alerted: false,
      secondsToContained: expect.any(Number),
      secondsToDenied: expect.any(Number),
      failed: [{ step: "remove the user" }],
    });
    const [alert] = await waitForAlerts(client, ACCOUNT, first.userName);
    expect(alert).toMatchObject({ status: "QUARANTINED", severity: "LOW", drill: "nobody", alerted: true });
    // The drill's tag on its own role, and its calls that undo, are over by now: nothing of them is mailed.
    await eventually("the call that takes the deny off to be answered", async () =>
      (await outcomesOnBus(client, ACCOUNT, first.userName)).find(({ status }) => status === "IGNORED"),
    );
    expect(await subjectsIn(ACCOUNT)).toEqual([]);
    expect(await subjectsIn(SECURITY_ACCOUNT)).toEqual([]);
  },
  DRILL_MS,
);

test(
  "the first drill of a week is mailed to people as a drill, and removes what an earlier one left behind",
  async () => {
    expect(await usersOfDrills()).toEqual([first.userName]);

    const drill = await nextDrill(() => client.advance(HOUR_MS));

    expect(drill).toMatchObject({ status: "PASSED", alerted: true, leftOvers: [first.userName], failed: [] });
    expect(await usersOfDrills()).toEqual([]);
    const subject = `IAM user quarantined: ${drill.userName} in payments`;
    expect(await mailedAbout(ACCOUNT, drill.userName)).toEqual([`[DRILL] [LOW] ${subject}`]);
    expect(await mailedAbout(SECURITY_ACCOUNT, drill.userName)).toEqual([
      `[DRILL] [LOW] ${ACCOUNT}: ${subject}`,
    ]);
    // What the response and the hold thought of the drill's cleaning up.
    const statuses = (await outcomesOnBus(client, ACCOUNT, drill.userName)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set(["QUARANTINED", "HELD", "IGNORED"]));
  },
  DRILL_MS,
);

test("what a drill wrote on its role is neither a change nor a drift to Terraform", async () => {
  const refreshed: string[] = [];
  await runProgram(deployment.terraformProgram, ["plan", "-refresh-only", "-input=false", "-no-color"], {
    cwd: path.join(deployment.output, "stacks", "payments"),
    environment: deployment.environment,
    onLine: (line) => refreshed.push(line),
  });

  expect(refreshed.filter((line) => line.includes(`"${DRILL_TAG}" =`))).toEqual([]);
  expect(await deployment.hasChanges("payments")).toBe(false);
});

test("a drill that somebody else pretends is a real alert", async () => {
  await iam.send(new CreateUserCommand({ UserName: "drill-0badf00d", Path: DRILL_PATH }));

  const [alert] = await waitForAlerts(client, ACCOUNT, "drill-0badf00d");

  expect(alert).toMatchObject({ status: "QUARANTINED", alerted: true });
  expect(alert).not.toHaveProperty("drill");
  expect(await mailedAbout(ACCOUNT, "drill-0badf00d")).toEqual([
    "[MEDIUM] IAM user quarantined: drill-0badf00d in payments",
  ]);
});

test(
  "with the rule disabled, a drill fails in time and removes its user all the same",
  async () => {
    const api = labApi(lab.endpoint, lab.credentials(ACCOUNT).accessKeyId);
    await api("events", "DisableRule", { Name: NAMES.detectionRule });
    await lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: NAMES.drill, Timeout: SHORT_TIMEOUT_SECONDS }),
    );

    const outcome = (await client.invoke(ACCOUNT, NAMES.drill, { audience: "nobody" })) as DrillOutcome;

    await api("events", "EnableRule", { Name: NAMES.detectionRule });
    expect(outcome).toMatchObject({
      status: "FAILED",
      alerted: true,
      secondsToContained: null,
      secondsToDenied: null,
      failed: [{ step: "contain the user" }, { step: "deny the user" }],
    });
    expect(await usersOfDrills()).not.toContain(outcome.userName);
  },
  DRILL_MS,
);

silenceCases(setting);
dashboardCases(setting);
rolePathCases(setting);
