import { DRILL_NAME, DRILL_PATH } from "../../../functions/contract";
import { objectAt, type JsonObject } from "../../../functions/shared/json";
import type { Lab } from "../../../lab/lab";
import { NAMES, SECURITY_ALARM_PREFIX, SILENT_ACCOUNTS } from "../../../stacks/names";
import { eventually } from "../../support/eventually";
import type { CauseTools } from "./alarm-causes";
import { ACCOUNT, SECURITY_ACCOUNT } from "./organization";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** For a drill on a busy machine. */
const DRILL_MS = 180_000;

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
  {
    // The lab has no trails: without one, no record reaches a rule.
    title: "a trail that is stopped",
    make: (_, lab) => {
      const { eventDelayMs } = lab.settings.current;
      lab.settings.change({ eventDelayMs: NEVER_MS });
      return Promise.resolve(() => Promise.resolve(lab.settings.change({ eventDelayMs })));
    },
  },
  { title: "forwarding that is broken", make: async (tools) => tools.closeSecurityBus() },
  {
    title: "a responder without concurrency",
    make: async (tools) => tools.withoutConcurrency(ACCOUNT, NAMES.responder),
  },
  {
    title: "a drill without concurrency",
    make: async (tools) => tools.withoutConcurrency(ACCOUNT, DRILL_NAME),
  },
];

/**
 * Each break makes the account silent two periods after its last drill that passed: a mail names it, and the
 * alarm goes off.
 */
export function silenceCases(setting: () => SilenceSetting): void {
  describe.each(BREAKS)("$title", ({ make }) => {
    test("makes its account silent after two periods", async () => {
      const { lab, tools, accountName } = setting();
      await heard(lab);
      // The alarm looks at two of them.
      await lookPasses(lab);
      await lookPasses(lab);
      expect(await alarmState(tools)).toBe("OK");
      const before = lab.inbox(SECURITY_ACCOUNT).length;
      const subjects = () =>
        lab
          .inbox(SECURITY_ACCOUNT)
          .slice(before)
          .map(({ subject }) => subject ?? "");

      const repair = await make(tools, lab);
      try {
        // A drill that was running may have passed meanwhile, and a look comes once an hour.
        for (let hours = 0; hours < 4 && !subjects().some(isAboutSilence); hours++) {
          await lookPasses(lab);
        }

        expect(subjects()).toContain(`[HIGH] 1 silent account: ${accountName}`);
        expect(await alarmState(tools)).toBe("ALARM");
      } finally {
        await repair();
      }
    });
  });
}

function isAboutSilence(subject: string): boolean {
  return subject.includes("silent account");
}

/** Lets the time pass until a drill has passed that began after now. */
async function heard(lab: Lab): Promise<void> {
  const before = new Set(createdUsers(lab).keys());
  const begun = () => [...createdUsers(lab).keys()].some((userName) => !before.has(userName));
  await eventually(
    "a drill that passes",
    async () => {
      // Not while a drill runs: its seconds are the machine's.
      if (!begun()) {
        await lab.advance(5 * MINUTE_MS);
      }
      return passedUsers(lab).some((userName) => !before.has(userName)) || undefined;
    },
    DRILL_MS,
  );
}

/** To a quarter past the next hour: a look has seen what there was at that hour. */
async function lookPasses(lab: Lab): Promise<void> {
  const now = lab.now().getTime();
  await lab.advance(HOUR_MS - (now % HOUR_MS) + 15 * MINUTE_MS);
}

/** Users that drills created, with the time at which they did, as the account's bus saw it. */
function createdUsers(lab: Lab): Map<string, number> {
  const records = eventsOf(lab, ACCOUNT)
    .filter(({ source }) => source === "aws.iam")
    .map((event) => objectAt(event, "detail"))
    .filter((detail) => objectAt(detail, "requestParameters")["path"] === DRILL_PATH);
  return new Map(
    records.map((record) => [
      String(objectAt(record, "requestParameters")["userName"]),
      Date.parse(String(record["eventTime"])),
    ]),
  );
}

/** Users of drills that passed within the hour, as the central bus got them. */
function passedUsers(lab: Lab): string[] {
  const created = createdUsers(lab);
  return eventsOf(lab, SECURITY_ACCOUNT).flatMap((event) => {
    const { kind, status, userName } = objectAt(objectAt(event, "detail"), "responsePayload");
    const at = typeof userName === "string" ? created.get(userName) : undefined;
    const isTimely = at !== undefined && Date.parse(String(event["time"])) - at < HOUR_MS;
    return kind === "drill" && status === "PASSED" && isTimely ? [String(userName)] : [];
  });
}

function eventsOf(lab: Lab, accountId: string): JsonObject[] {
  return lab.events(accountId).map(({ event }) => event as unknown as JsonObject);
}

async function alarmState(tools: CauseTools): Promise<string | undefined> {
  const AlarmNames = [`${SECURITY_ALARM_PREFIX}${SILENT_ACCOUNTS}`];
  const { MetricAlarms } = await tools.api(SECURITY_ACCOUNT)("monitoring", "DescribeAlarms", { AlarmNames });
  return (MetricAlarms as { StateValue: string }[])[0]?.StateValue;
}
