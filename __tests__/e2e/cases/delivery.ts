import { randomUUID } from "node:crypto";
import { CreateUserCommand } from "@aws-sdk/client-iam";
import type { Outcome } from "../../../functions/contract";
import { cleanUp } from "../../../lab/demo/simulate-attack";
import { NAMES } from "../../../stacks/names";
import { eventually } from "../../support/eventually";
import type { FaultTable } from "./fault-table";
import { alertsAbout, alertsIn, policiesOf, tagsOf, waitForOutcome, waitForOutcomes } from "./looks";
import { ACCOUNT, SECURITY_ACCOUNT, type Organization } from "./organization";

const BURST = 200;

/** What a burst takes at most, four responses at a time on a busy machine. */
const BURST_MS = 600_000;

interface CreateUserEvent {
  readonly id: string;
  readonly detail: Readonly<Record<string, unknown>> & { readonly eventName?: string };
}

/** EventBridge delivers at least once: the same event again, and many events at once. */
export function deliveryCases(organization: Organization, table: FaultTable): void {
  const client = () => organization.client;
  const iam = () => client().iam(ACCOUNT);

  /** A user whose creation was answered, and the event of it. */
  async function answeredUser(purpose: string): Promise<{ userName: string; event: CreateUserEvent }> {
    const userName = organization.newUserName(purpose);
    await iam().send(new CreateUserCommand({ UserName: userName }));
    await waitForOutcome(client(), userName);
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
    // The second outcome is there when its response has ended, with its alert if it had sent one.
    const outcomes = await waitForOutcomes(client(), userName, { count: 2 });

    expect(outcomes).toHaveLength(2);
    expect(await alertsAbout(client(), ACCOUNT, userName)).toHaveLength(1);
    expect(await tagsOf(iam(), userName)).toEqual(tags);
    expect(await policiesOf(iam(), userName)).toEqual([NAMES.quarantinePolicy]);
    addRow("event delivered twice", "changed nothing", "once");
  });

  test("the same event ten times at once alerts once", async () => {
    const { userName, event } = await answeredUser("ten-times");
    const eventID = randomUUID();
    const copies = Array.from({ length: 10 }, () => ({ ...event, detail: { ...event.detail, eventID } }));

    await client().deliver(ACCOUNT, copies);
    const outcomes = await waitForOutcomes(client(), userName, {
      count: copies.length,
      limitMs: 180_000,
      among: ({ eventId }) => eventId === eventID,
    });

    expect(outcomes.map(({ status }) => status)).toEqual(copies.map(() => "QUARANTINED"));
    const alerts = (await alertsAbout(client(), ACCOUNT, userName)).filter(
      ({ eventId }) => eventId === eventID,
    );
    expect(alerts).toHaveLength(1);
    addRow("event delivered ten times at once", "ten responses, one user contained", "once");
  }, 240_000);

  test(`a burst of ${BURST} users is contained to the last, and none is lost`, async () => {
    const answer = (await client().invoke(ACCOUNT, NAMES.simulation, { kind: "burst", count: BURST })) as {
      readonly users: readonly { readonly userName: string }[];
    };
    const names = answer.users.map(({ userName }) => userName);
    expect(names).toHaveLength(BURST);

    // The outcome is the last that a response leaves.
    const withoutOutcome = async () => {
      const lines = await client().logLines(SECURITY_ACCOUNT, NAMES.auditLog, "QUARANTINED");
      const contained = new Set(lines.map((line) => outcomeIn(line)?.userName));
      return names.filter((name) => !contained.has(name));
    };
    await eventually(
      `the outcomes of ${BURST} users`,
      async () => ((await withoutOutcome()).length === 0 ? true : undefined),
      BURST_MS,
    );

    const alerts = (await alertsIn(client(), ACCOUNT)).filter(({ userName }) => names.includes(userName));
    expect(alerts.map(({ userName }) => userName).sort()).toEqual([...names].sort());
    for (const name of names) {
      // When IAM takes too long to answer the attach, the inline deny of the same name comes to it.
      expect(new Set(await policiesOf(iam(), name))).toEqual(new Set([NAMES.quarantinePolicy]));
    }
    const slowest = Math.max(...alerts.map(({ secondsToContain }) => secondsToContain ?? Number.NaN));
    addRow(
      `burst of ${BURST} users`,
      "all contained",
      `${BURST} sent, one a user`,
      `${slowest.toFixed(1)} s, the slowest`,
    );
    // A hold that still looks puts back what the clean-up takes off.
    await eventually(
      "the clean-up of the burst",
      async () => ((await cleanUp(client(), ACCOUNT)).length === 0 ? true : undefined),
      BURST_MS,
    );
  }, 900_000);

  function addRow(fault: string, happened: string, alert: string, contained = "before"): void {
    table.add({ fault, happened, contained, alert, lost: "nothing" });
  }
}

/** The outcome that a line of the audit log holds, if it is one. */
function outcomeIn(line: string): Outcome | undefined {
  const { detail } = JSON.parse(line) as { detail: { responsePayload?: Outcome } };
  return detail.responsePayload;
}
