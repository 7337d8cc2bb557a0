import { ListUsersCommand } from "@aws-sdk/client-iam";
import { DRILL_NAME, DRILL_PATH } from "../../../functions/contract";
import type { Lab } from "../../../lab/lab";
import { waitFor } from "../../../lab/shared/wait-for";
import { NAMES, SECURITY_ALARM_PREFIX, SILENT_ACCOUNTS } from "../../../stacks/names";
import { eventually } from "../../support/eventually";
import { drillEnded, drillUserCreated, drillUserQuarantined } from "../../support/functions/drill-events";
import type { CauseTools } from "./alarm-causes";
import { ACCOUNT, SECURITY_ACCOUNT } from "./organization";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A drill that passes ends within this time of a busy machine. */
const DRILL_MS = 75_000;

/** Longer than the tests move the clock. */
const NEVER_MS = 14 * 24 * HOUR_MS;

/** A deployed organization of both accounts, with `drill: { everyHours: 1 }`. */
export interface SilenceSetting {
  readonly lab: Lab;
  readonly tools: CauseTools;
  /** Name of {@link ACCOUNT} in the configuration. */
  readonly accountName: string;
}

/** What keeps a drill from passing, or what it says from arriving. */
interface Break {
  readonly title: string;
  /** @returns Puts things right again. */
  readonly make: (tools: CauseTools, lab: Lab) => Promise<() => Promise<unknown>>;
}

/** Breaks that the events of a drill that passes do not get through. */
const OF_EVENTS: readonly Break[] = [
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
];

/** Breaks by which a drill fails. */
const OF_DRILLS: readonly Break[] = [
  {
    // The lab has no trails: without one, no record reaches a rule.
    title: "a trail that is stopped",
    make: (_, lab) => {
      const { eventDelayMs } = lab.settings.current;
      lab.settings.change({ eventDelayMs: NEVER_MS });
      return Promise.resolve(() => Promise.resolve(lab.settings.change({ eventDelayMs })));
    },
  },
  {
    title: "a responder without concurrency",
    make: async (tools) => tools.limitConcurrency(ACCOUNT, NAMES.responder, 0),
  },
];

/**
 * An account whose drills do not pass, or do not arrive, is silent after two periods: a mail names it, and
 * the alarm goes off. The clock moves faster than a drill runs, so most drills here are made up: their events
 * are put on the account's bus each hour. Where the drill itself has to fail, a real one gets the time in
 * which it would pass.
 */
export function silenceCases(setting: () => SilenceSetting): void {
  describe("an account whose drills are made up", () => {
    let restore: () => Promise<unknown>;
    beforeAll(async () => {
      restore = await setting().tools.limitConcurrency(ACCOUNT, DRILL_NAME, 0);
    });
    afterAll(() => restore());

    test("is not silent while they arrive", async () => {
      const silence = await flight(setting(), { each: sendDrill, hours: 4 });

      expect(silence).toEqual({ mails: [], alarm: "OK" });
    });

    test.each(OF_EVENTS)("is silent two periods after $title", async ({ make }) => {
      const silence = await flight(setting(), { make, each: sendDrill, hours: 4 });

      expect(silence).toEqual(silenceOf(setting()));
    });

    test("is silent two periods after the last one: the function has no concurrency", async () => {
      expect(await flight(setting(), { hours: 4 })).toEqual(silenceOf(setting()));
    });
  });

  describe("an account whose drills are real", () => {
    test("is not silent while one passes that its schedule began", async () => {
      const silence = await flight(setting(), { first: realDrill, hours: 2 });

      expect(silence).toEqual({ mails: [], alarm: "OK" });
    });

    test.each(OF_DRILLS)("is silent two periods after $title", async ({ make }) => {
      const silence = await flight(setting(), { make, first: realDrill, hours: 6 });

      expect(silence).toEqual(silenceOf(setting()));
    });
  });
}

interface Flight {
  readonly make?: Break["make"];
  /** Before the first hour. */
  readonly first?: (setting: SilenceSetting) => Promise<unknown>;
  /** Before each hour. */
  readonly each?: (setting: SilenceSetting) => Promise<unknown>;
  /** How long to fly, unless a mail says before that the account is silent. */
  readonly hours: number;
}

/** Lets hours pass after a drill that passed, and returns what people were told, and the alarm's state. */
async function flight(setting: SilenceSetting, { make, first, each, hours }: Flight) {
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
  const repair = await make?.(tools, lab);
  try {
    await first?.(setting);
    for (let hour = 0; hour < hours && mails().length === 0; hour++) {
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

/** The events of a drill that passes, on the account's bus. */
async function sendDrill({ lab, tools: { client } }: SilenceSetting): Promise<void> {
  const createdAt = lab.now().toISOString();
  const fields = { accountId: ACCOUNT, userName: `drill-${Date.parse(createdAt)}`, createdAt };
  await client.deliver(ACCOUNT, [drillUserCreated(fields)]);
  await client.deliver(ACCOUNT, [drillUserQuarantined(fields), drillEnded({}, fields)]);
}

/** Lets the time pass until the schedule begins a drill, and then that of the machine in which one passes. */
async function realDrill({ lab, tools: { client } }: SilenceSetting): Promise<void> {
  const users = async () => {
    const { Users = [] } = await client.iam(ACCOUNT).send(new ListUsersCommand({ PathPrefix: DRILL_PATH }));
    return Users.map(({ UserName }) => UserName);
  };
  const before = await users();
  const begun = await eventually("a drill to begin", async () => {
    await lab.advance(MINUTE_MS);
    return (await users()).find((userName) => !before.includes(userName));
  });
  const hasPassed = async () => {
    const lines = await client.logLines(SECURITY_ACCOUNT, NAMES.auditLog, begun ?? "");
    return lines.some((line) => line.includes('"PASSED"')) || undefined;
  };
  await waitFor(hasPassed, DRILL_MS);
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
