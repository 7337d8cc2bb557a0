import { DRILL_NAME } from "../../../functions/contract";
import type { Lab } from "../../../lab/lab";
import { NAMES, SECURITY_ALARM_PREFIX, SILENT_ACCOUNTS } from "../../../stacks/names";
import { eventually } from "../../support/eventually";
import { drillEnded, drillUserCreated, drillUserQuarantined } from "../../support/functions/drill-events";
import type { CauseTools } from "./alarm-causes";
import { ACCOUNT, SECURITY_ACCOUNT } from "./organization";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

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
    make: async (tools) => tools.limitConcurrency(ACCOUNT, NAMES.responder, 0),
  },
  {
    title: "a drill without concurrency",
    make: async (tools) => tools.limitConcurrency(ACCOUNT, DRILL_NAME, 0),
  },
];

/**
 * Each break makes the account silent two periods after its last drill that passed: a mail names it, and the
 * alarm goes off. That last drill is made up, as its events arrive, since a real one takes a minute. Those
 * that the schedule begins after the break are real, one at a time.
 */
export function silenceCases(setting: () => SilenceSetting): void {
  describe("an account is silent", () => {
    beforeAll(() => setting().tools.limitConcurrency(ACCOUNT, DRILL_NAME, 1));

    test.each(BREAKS)("two periods after $title", async ({ make }) => {
      const { lab, tools, accountName } = setting();
      await heard(tools, lab);
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

/** A drill of the account passes, as far as the security account can see. */
async function heard({ client }: CauseTools, lab: Lab): Promise<void> {
  const createdAt = lab.now().toISOString();
  const fields = { accountId: ACCOUNT, userName: `drill-${Date.parse(createdAt)}`, createdAt };
  await client.deliver(ACCOUNT, [drillUserCreated(fields)]);
  await client.deliver(ACCOUNT, [drillUserQuarantined(fields), drillEnded({}, fields)]);
  await eventually("the drill in the audit log", async () => {
    const lines = await client.logLines(SECURITY_ACCOUNT, NAMES.auditLog, fields.userName);
    return lines.some((line) => line.includes('"kind":"drill"')) || undefined;
  });
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
