import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { addressOf, LabClient } from "../../lab/client/lab-client";
import { LabDeployment } from "../../lab/deployment";
import { startLab, type Lab } from "../../lab/lab";
import { LAB_ORGANIZATION } from "../../lab/organization/accounts";
import { labRolloutYaml } from "../../lab/organization/rollout-yaml";
import { ALARM_PREFIX, NAMES, SECURITY_ALARM_PREFIX } from "../../stacks/names";
import { eventually } from "../support/eventually";
import { ALARM_CAUSES, CauseTools } from "./cases/alarm-causes";
import { ACCOUNT, SECURITY_ACCOUNT } from "./cases/organization";

const PROJECT = path.join(__dirname, "../..");
const MINUTE_MS = 60_000;

/** Two stacks by Terraform on two cores, with room for a busy machine. */
const DEPLOYMENT_MS = 900_000;

/** Longer than any alarm looks back. */
const CALM_MS = 20 * MINUTE_MS;

const ORGANIZATION = {
  ...LAB_ORGANIZATION,
  memberAccounts: LAB_ORGANIZATION.memberAccounts.filter(({ id }) => id === ACCOUNT),
};

let lab: Lab;
let tools: CauseTools;
let deployment: LabDeployment;
const stopping = new AbortController();

beforeAll(async () => {
  // AWS's own pauses: the clock passes over them.
  lab = await startLab({ ...ORGANIZATION, lambdaRetryDelaysMs: [MINUTE_MS, 2 * MINUTE_MS] });
  tools = new CauseTools(lab, new LabClient(addressOf(lab)));
  deployment = new LabDeployment({
    folder: path.join(PROJECT, ".lab", "e2e-alarms"),
    // A sweep takes the place of most alarms of a target account.
    rolloutYaml: labRolloutYaml({ ...ORGANIZATION, sweep: { everyMinutes: 0 } }),
    environment: lab.environment(ORGANIZATION.managementAccount.id),
    signal: stopping.signal,
  });
  await deployment.deployAtOnce();
}, DEPLOYMENT_MS);

afterAll(async () => {
  stopping.abort();
  await lab.stop();
});

/** Names of the alarms in the synthesized stacks. */
function synthesizedAlarms(): string[] {
  const stacks = path.join(deployment.output, "stacks");
  return readdirSync(stacks).flatMap((stack) => {
    const { resource } = JSON.parse(readFileSync(path.join(stacks, stack, "cdk.tf.json"), "utf8")) as {
      resource: { aws_cloudwatch_metric_alarm?: Record<string, { alarm_name: string }> };
    };
    return Object.values(resource.aws_cloudwatch_metric_alarm ?? {}).map((alarm) => alarm.alarm_name);
  });
}

/** The state of every deployed alarm, by name. */
async function states(): Promise<Record<string, string>> {
  const read = async (accountId: string): Promise<[string, string][]> => {
    const { MetricAlarms } = await tools.api(accountId)("monitoring", "DescribeAlarms", {});
    const alarms = MetricAlarms as { AlarmName: string; StateValue: string }[];
    return alarms.map(({ AlarmName, StateValue }) => [AlarmName, StateValue]);
  };
  return Object.fromEntries([...(await read(ACCOUNT)), ...(await read(SECURITY_ACCOUNT))]);
}

/** Alarms and their states, as `NAME: STATE`. */
async function alarmsNotOk(): Promise<string[]> {
  const entries = Object.entries(await states());
  return entries.filter(([, state]) => state !== "OK").map(([name, state]) => `${name}: ${state}`);
}

/** Names of the alarms that the default buses saw going off since a number of events. */
function raisedSince(seen: readonly number[]): string[] {
  return [ACCOUNT, SECURITY_ACCOUNT].flatMap((accountId, index) =>
    lab
      .events(accountId)
      .slice(seen[index])
      .filter(({ bus, event }) => bus.endsWith("/default") && event.source === "aws.cloudwatch")
      .map(({ event }) => event.detail as { alarmName: string; state: { value: string } })
      .filter(({ state }) => state.value === "ALARM")
      .map(({ alarmName }) => alarmName),
  );
}

/** Messages of the security account's alarms that went off. */
function mailed(): string[] {
  return lab
    .inbox(SECURITY_ACCOUNT)
    .flatMap(({ subject }) => /^ALARM: "(.+)"/.exec(subject ?? "")?.[1] ?? []);
}

test("every alarm of the synthesized stacks has a cause in the table", () => {
  const caused = ALARM_CAUSES.flatMap(({ alarms }) => alarms);

  // sweep.test.ts has the one on missed sweeps, which goes off for want of data.
  expect(caused.sort()).toEqual(synthesizedAlarms().sort());
});

test("no alarm is on after the deployment", async () => {
  await lab.advance(MINUTE_MS);

  expect(await alarmsNotOk()).toEqual([]);
});

test("an alarm of a target account becomes a mail of the security account, in plain lines", async () => {
  const name = `${ALARM_PREFIX}throttles`;

  await tools.raise(name);

  const mail = await eventually("the mail", () =>
    lab.inbox(SECURITY_ACCOUNT).find(({ subject }) => subject === `[HIGH] ${ACCOUNT}: alarm ${name}`),
  );
  expect(mail.publishedBy).toContain(NAMES.notifier);
  expect(mail.messageByProtocol?.["email"]?.split("\n")).toEqual(
    expect.arrayContaining([
      `The quarantine of account ${ACCOUNT} needs attention.`,
      `Alarm:       ${name}`,
      "Meaning:     Responses are waiting for concurrency.",
      "Reason:      raised by a test",
    ]),
  );
  await lab.advance(MINUTE_MS);
  expect(await alarmsNotOk()).toEqual([]);
});

describe.each(ALARM_CAUSES)("$title", ({ alarms, make }) => {
  test(`raises ${alarms.join(", ")}, which come back when it is gone`, async () => {
    const before = [ACCOUNT, SECURITY_ACCOUNT].map((accountId) => lab.events(accountId).length);
    const mails = mailed().length;
    expect(await alarmsNotOk()).toEqual([]);

    const takeAway = await make(tools);
    await eventually(`the alarms ${alarms.join(", ")}`, async () => {
      await lab.advance(MINUTE_MS);
      const current = await states();
      return alarms.every((name) => current[name] === "ALARM") || undefined;
    });

    expect(raisedSince(before)).toEqual(expect.arrayContaining([...alarms]));
    const central = alarms.filter((name) => name.startsWith(SECURITY_ALARM_PREFIX));
    expect(mailed().slice(mails)).toEqual(expect.arrayContaining(central));

    await takeAway();
    // What was held back is handled now, before the queues are emptied.
    await lab.advance(5 * MINUTE_MS);
    await tools.emptyQueues();
    await lab.advance(CALM_MS);
    expect(await alarmsNotOk()).toEqual([]);
  });
});
