import { REPORT_EVERY_HOURS } from "../../functions/contract";
import type { PathProblem } from "./errors";
import { at, listAt, render } from "./key-path";

/** Periods, and an hour, in which the audit log has to show a sign of life: see the notifier's silence.ts. */
const PERIODS = 2;

/** An audit log that forgets drills, or reports of sweeps, before the security account has missed them. */
export function drillProblems(raw: unknown): PathProblem[] {
  const retention = at(raw, ["securityAccount", "logRetentionDays"]);
  if (typeof retention.value !== "number") {
    return [];
  }
  const days = Math.ceil(hoursNeeded(raw) / 24);
  return retention.value >= days
    ? []
    : [
        {
          path: retention.path,
          expected: `at least ${days}`,
          found: render(retention.value),
          hint: "the security account finds accounts without drills, or without sweeps, in its audit log, two periods back",
        },
      ];
}

function hoursNeeded(raw: unknown): number {
  const everyHours = at(raw, ["drill", "everyHours"]).value ?? 0;
  const drills = typeof everyHours === "number" ? everyHours : 0;
  const periods = [drills, ...(hasSweeps(raw) ? [REPORT_EVERY_HOURS] : [])];
  const longest = Math.max(...periods);
  return longest > 0 ? PERIODS * longest + 1 : 0;
}

/** Whether some account has sweeps. */
function hasSweeps(raw: unknown): boolean {
  const usual = at(raw, ["defaults", "mode"]).value;
  const modes = listAt(raw, ["accounts"]).map(
    (_, index) => at(raw, ["accounts", index, "mode"]).value ?? usual,
  );
  return at(raw, ["sweep", "everyMinutes"]).value !== 0 && modes.some((mode) => mode !== "off");
}
