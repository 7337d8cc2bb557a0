import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateUserCommand } from "@aws-sdk/client-iam";
import { cleanUp } from "../../../lab/demo/simulate-attack";
import { waitFor } from "../../../lab/shared/wait-for";
import { NAMES } from "../../../stacks/names";
import type { FaultTable } from "./fault-table";
import { alertsAbout, auditedOutcomes, policiesOf, tagsOf, waitForAlerts } from "./looks";
import { ACCOUNT, type Organization } from "./organization";

const BURST = 200;

/** Time in which a doubled alert would have come. */
const QUIET_MS = 5_000;

interface CreateUserEvent {
  readonly id: string;
  readonly detail: Readonly<Record<string, unknown>> & { readonly eventName?: string };
}

/** Deliveries that EventBridge does not promise to make once, and many at once. */
export function deliveryCases(organization: Organization, table: FaultTable): void {
  const client = () => organization.client;
  const iam = () => client().iam(ACCOUNT);

  /** A user whose creation was answered, and the event of it. */
  async function answeredUser(purpose: string): Promise<{ userName: string; event: CreateUserEvent }> {
    const userName = organization.newUserName(purpose);
    await iam().send(new CreateUserCommand({ UserName: userName }));
    await waitForAlerts(client(), ACCOUNT, userName);
    const event = (await client().events(ACCOUNT))
      .map((seen) => seen.event as unknown as CreateUserEvent)
      .find(
        ({ detail }) => detail.eventName === "CreateUser" && JSON.stringify(detail).includes(`"${userName}"`),
      );
    if (event === undefined) {
      throw new Error(`The lab saw no CreateUser of ${userName}.`);
    }
    return { userName, event };
  }

  test("the same event twice changes nothing and alerts once", async () => {
    const { userName, event } = await answeredUser("twice");
    const tags = await tagsOf(iam(), userName);

    await client().deliver(ACCOUNT, [event]);
    await sleep(QUIET_MS);

    expect(await alertsAbout(client(), ACCOUNT, userName)).toHaveLength(1);
    expect(await tagsOf(iam(), userName)).toEqual(tags);
    expect(await policiesOf(iam(), userName)).toEqual([NAMES.quarantinePolicy]);
    expect(await auditedOutcomes(client(), userName)).toHaveLength(2);
    addRow("event delivered twice", "changed nothing", "once");
  });

  test("the same event ten times at once alerts once", async () => {
    const { userName, event } = await answeredUser("ten-times");
    const eventID = randomUUID();
    const copies = Array.from({ length: 10 }, () => ({ ...event, detail: { ...event.detail, eventID } }));

    await client().deliver(ACCOUNT, copies);
    const outcomes = await waitFor(async () => {
      const found = (await auditedOutcomes(client(), userName)).filter(({ eventId }) => eventId === eventID);
      return found.length === copies.length ? found : undefined;
    }, 60_000);

    expect(outcomes?.map(({ status }) => status)).toEqual(copies.map(() => "QUARANTINED"));
    const alerts = (await alertsAbout(client(), ACCOUNT, userName)).filter(
      ({ eventId }) => eventId === eventID,
    );
    expect(alerts).toHaveLength(1);
    addRow("event delivered ten times at once", "ten responses, one user contained", "once");
  }, 90_000);

  test(`a burst of ${BURST} users is contained to the last, and none is lost`, async () => {
    const answer = (await client().invoke(ACCOUNT, NAMES.simulation, { kind: "burst", count: BURST })) as {
      readonly users: readonly { readonly userName: string }[];
    };
    const names = answer.users.map(({ userName }) => userName);
    expect(names).toHaveLength(BURST);

    const done = await waitFor(async () => {
      const alerted = new Set((await client().inbox(ACCOUNT)).flatMap(({ message }) => namesIn(message)));
      return names.every((name) => alerted.has(name)) ? true : undefined;
    }, 400_000);

    expect(done).toBe(true);
    for (const name of names) {
      expect(await policiesOf(iam(), name)).toEqual([NAMES.quarantinePolicy]);
      expect(await alertsAbout(client(), ACCOUNT, name)).toHaveLength(1);
    }
    const outcomes = await client().logLines("111122223333", NAMES.auditLog, "QUARANTINED");
    expect(names.filter((name) => !outcomes.some((line) => line.includes(`"${name}"`)))).toEqual([]);
    const alerts = await Promise.all(names.map((name) => alertsAbout(client(), ACCOUNT, name)));
    const slowest = Math.max(...alerts.flat().map(({ secondsToContain }) => secondsToContain ?? Number.NaN));
    addRow(
      `burst of ${BURST} users`,
      "all contained",
      `${BURST} sent, one a user`,
      `${slowest.toFixed(1)} s, the slowest`,
    );
    expect(await cleanUp(client(), ACCOUNT)).toEqual([]);
  }, 600_000);

  function addRow(fault: string, happened: string, alert: string, contained = "before"): void {
    table.add({ fault, happened, contained, alert, lost: "nothing" });
  }
}

function namesIn(message: string): string[] {
  return message.match(/attack-simulation-\w+-\d+/g) ?? [];
}
