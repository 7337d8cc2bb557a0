import Table from "cli-table3";
import type { StackReport } from "../report/report";
import type { Colors } from "../shell";
import { phaseName } from "../stack-target";
import { describeReport, formatDuration, shortened } from "./describe";

/** Longest text of a cell. The full cause is below the table and in the report. */
const RESULT_WIDTH = 60;

/** One row for each stack. */
export function resultTable(stacks: readonly StackReport[], colors: Colors): string {
  const table = new Table({
    head: ["wave", "account", "id", "mode", "time", "result"],
    style: { head: [], border: [], compact: true },
  });
  for (const stack of stacks) {
    const result = shortened(describeReport(stack), RESULT_WIDTH);
    table.push([
      phaseName({ wave: stack.wave ?? undefined, ...(stack.guard && { guard: true }) }),
      stack.name,
      stack.accountId,
      modeOf(stack),
      { content: timeTaken(stack), hAlign: "right" },
      stack.outcome === "failed" ? colors.red(result) : result,
    ]);
  }
  return table.toString();
}

/** `enforce`; or `observe → enforce` if it changes. Empty for stacks without a mode. */
function modeOf({ mode, effects = [] }: StackReport): string {
  const change = effects.find(({ setting, kind }) => setting === "mode" && kind === "set");
  return [change?.before, mode].filter((each) => each !== undefined).join(" → ");
}

function timeTaken({ startedAt, endedAt }: StackReport): string {
  return startedAt === undefined || endedAt === undefined
    ? ""
    : formatDuration(Date.parse(endedAt) - Date.parse(startedAt));
}
