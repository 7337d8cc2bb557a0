import { DRILL_NAME, type DrillOutcome } from "../../../functions/contract";
import type { Lab } from "../../../lab/lab";
import { TRAIL } from "../../../lab/organization/seed";
import { NAMES, SECURITY_ALARM_PREFIX, SILENT_ACCOUNTS } from "../../../stacks/names";
import { sessionOf } from "../../support/functions/api-call-event";
import { drillEnded, drillUserCreated, drillUserQuarantined } from "../../support/functions/drill-events";
import type { CauseTools } from "./alarm-causes";
import { ACCOUNT, SECURITY_ACCOUNT } from "./organization";
import { ASKED_FOR } from "./organization-policies";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A deployed organization of both accounts, with `drill: { everyHours: 1 }` and {@link ASKED_FOR}. */
export interface SilenceSetting {
  readonly lab: Lab;
  readonly tools: CauseTools;
  /** Name of {@link ACCOUNT} in the configuration. */
  readonly accountName: string;
}

/** What breaks between an account's drills and the security account. */
interface Break {
  readonly title: string;
  /** @returns Puts things right again. */
  readonly make?: (tools: CauseTools) => Promise<() => Promise<unknown>>;
  /** What of a drill is there still. @default - all of it */
  readonly drill?: Drill;
}

const BREAKS: readonly Break[] = [
  {
    title: "a rule that is disabled",
    make: async (tools) => {
      const events = tools.api(ACCOUNT);
      await events("events", "DisableRule", { Name: NAMES.detectionRule });
      return () => events("events", "EnableRule", { Name: NAMES.detectionRule });
    },
  },
  {
    title: "a rule whose targets are removed",
    make: async (tools) => {
      const events = tools.api(ACCOUNT);
      const Rule = NAMES.detectionRule;
      const { Targets } = await events("events", "ListTargetsByRule", { Rule });
      const Ids = (Targets as { Id: string }[]).map(({ Id }) => Id);
      await events("events", "RemoveTargets", { Rule, Ids });
      return () => events("events", "PutTargets", { Rule, Targets });
    },
  },
  { title: "forwarding that is broken", make: async (tools) => tools.closeSecurityBus() },
  {
    title: "a trail that is stopped",
    make: async (tools) => {
      const trails = tools.api(ACCOUNT);
      await trails("cloudtrail", "StopLogging", { Name: TRAIL });
      return () => trails("cloudtrail", "StartLogging", { Name: TRAIL });
    },
    // No record reaches a rule, and the drill fails as it does with the rule disabled.
    drill: { isRecorded: false, status: "FAILED" },
  },
  { title: "a responder without concurrency", drill: { status: "FAILED" } },
  { title: "a drill that somebody pretends", drill: { isRecorded: false } },
];

/**
 * An account whose drills do not pass, or do not arrive, is silent after two periods: a mail names it, and
 * the alarm goes off. The clock moves faster than a drill runs, so the drills here are made up: their events
 * are put on the account's bus each hour. What a real drill makes of each break, the other tests show.
 */
export function silenceCases(setting: () => SilenceSetting): void {
  describe("an account", () => {
    let restore: () => Promise<unknown>;
    beforeAll(async () => {
      restore = await setting().tools.limitConcurrency(ACCOUNT, DRILL_NAME, 0);
    });
    afterAll(() => restore());

    test("is not silent while drills that pass arrive", async () => {
      const silence = await flight(setting(), { each: sendDrill });

      expect(silence).toEqual({ mails: [], alarm: "OK" });
    });

    test.each(BREAKS)("is silent two periods after $title", async ({ make, drill }) => {
      const silence = await flight(setting(), { make, each: (of) => sendDrill(of, drill) });

      expect(silence).toEqual(silenceOf(setting()));
    });

    test("is silent two periods after the last drill: the function has no concurrency", async () => {
      expect(await flight(setting(), {})).toEqual(silenceOf(setting()));
    });
  });
}

/** Hours in which an account that is broken must be found. */
const HOURS = 4;

interface Flight {
  readonly make?: Break["make"];
  /** Before each hour. */
  readonly each?: (setting: SilenceSetting) => Promise<unknown>;
}

/** Lets hours pass after a drill that passed, and returns what people were told, and the alarm's state. */
async function flight(setting: SilenceSetting, { make, each }: Flight) {
  const { lab, tools } = setting;
  await sendDrill(setting);
  // The alarm looks at two of them.
  await lookPasses(lab);
  await lookPasses(lab);
  expect(await alarmState(tools)).toBe("OK");
  const before = lab.inbox(SECURITY_ACCOUNT).length;
  const mails = () =>
    lab
      .inbox(SECURITY_ACCOUNT)
      .slice(before)
      .flatMap(({ subject }) => (subject?.includes("silent account") ? [subject] : []));
  const repair = await make?.(tools);
  try {
    for (let hour = 0; hour < HOURS && mails().length === 0; hour++) {
      await each?.(setting);
      await lookPasses(lab);
    }
    return { mails: mails(), alarm: await alarmState(tools) };
  } finally {
    await repair?.();
  }
}

function silenceOf({ accountName }: SilenceSetting) {
  return { mails: [`[HIGH] 1 silent account: ${accountName}`], alarm: "ALARM" };
}

/** What of a drill arrives on the account's bus. */
interface Drill {
  /** CloudTrail's record of its user's creation. @default true */
  readonly isRecorded?: boolean;
  /** @default PASSED */
  readonly status?: DrillOutcome["status"];
}

/** The events of a drill, on the account's bus. */
async function sendDrill(
  { lab, tools: { client } }: SilenceSetting,
  { isRecorded = true, status = "PASSED" }: Drill = {},
): Promise<void> {
  const createdAt = lab.now().toISOString();
  const fields = { accountId: ACCOUNT, userName: `drill-${Date.parse(createdAt)}`, createdAt };
  if (isRecorded) {
    const role = `arn:aws:iam::${ACCOUNT}:role${ASKED_FOR.rolePath}${DRILL_NAME}`;
    await client.deliver(ACCOUNT, [drillUserCreated(fields, sessionOf(role))]);
  }
  const quarantined = status === "PASSED" ? [drillUserQuarantined(fields)] : [];
  await client.deliver(ACCOUNT, [...quarantined, drillEnded({ status }, fields)]);
}

/** To a quarter past the next hour: a look has seen what there was at that hour. */
async function lookPasses(lab: Lab): Promise<void> {
  const now = lab.now().getTime();
  await lab.advance(HOUR_MS - (now % HOUR_MS) + 15 * MINUTE_MS);
}

async function alarmState(tools: CauseTools): Promise<string | undefined> {
  const AlarmNames = [`${SECURITY_ALARM_PREFIX}${SILENT_ACCOUNTS}`];
  const { MetricAlarms } = await tools.api(SECURITY_ACCOUNT)("monitoring", "DescribeAlarms", { AlarmNames });
  return (MetricAlarms as { StateValue: string }[])[0]?.StateValue;
}
