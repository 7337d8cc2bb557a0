import type { PathProblem } from "./errors";
import { at, render } from "./key-path";

/** Periods, and an hour, in which the audit log has to show a drill: see the notifier's silence.ts. */
const PERIODS = 2;

/** An audit log that forgets drills before the security account has missed them. */
export function drillProblems(raw: unknown): PathProblem[] {
  const everyHours = at(raw, ["drill", "everyHours"]).value;
  const retention = at(raw, ["securityAccount", "logRetentionDays"]);
  if (typeof everyHours !== "number" || typeof retention.value !== "number") {
    return [];
  }
  const hours = everyHours > 0 ? PERIODS * everyHours + 1 : 0;
  return retention.value * 24 >= hours
    ? []
    : [
        {
          path: retention.path,
          expected: `at least ${Math.ceil(hours / 24)}, or drills more often`,
          found: render(retention.value),
          hint: "the security account finds accounts without drills in its audit log, two periods back",
        },
      ];
}
