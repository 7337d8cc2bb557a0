import type { Report, StackReport } from "../report/report";
import { colorsFor, print, printJson, type Shell } from "../shell";
import type { StackTarget } from "../stack-target";
import { resultTable } from "./result-table";

export interface RolloutStart {
  /** Report of the last run. */
  readonly before: Report | undefined;
  readonly all: readonly StackTarget[];
  readonly selected: readonly StackTarget[];
  readonly resumed: readonly string[];
  readonly orphaned: readonly string[];
}

/** What an operator should know before the first account is touched. */
export function describeStart({ before, all, selected, resumed, orphaned }: RolloutStart): string[] {
  return [
    ...(before?.status === "running" ? killedRun(before) : []),
    ...(selected.length === 0 ? ["No account is selected: nothing is done."] : []),
    ...(selected.length > 0 && selected.length < all.length
      ? [`Selected ${selected.length} of ${all.length} stacks; the others are left as they are.`]
      : []),
    ...(resumed.length > 0
      ? [
          `Left out, finished by the last run${before === undefined ? "" : `, of ${before.startedAt},`} and the same since: ${resumed.join(", ")}.`,
        ]
      : []),
    ...(orphaned.length > 0
      ? [
          `Not in the configuration any more, and still deployed: ${orphaned.join(", ")}. ` +
            "Nothing is done to them. Put them back, or retire them: docs/rollout.md.",
        ]
      : []),
  ];
}

/** A run whose report was never finished was killed; Terraform itself may have gone on. */
function killedRun({ startedAt, stacks }: Report): string[] {
  const names = (outcome: StackReport["outcome"]) =>
    stacks.filter((stack) => stack.outcome === outcome).map(({ name }) => name);
  const working = names("working");
  const left = names("pending");
  return [
    `The last run, begun at ${startedAt}, was killed before its end.`,
    ...(working.length > 0
      ? [
          `It was at work in: ${working.join(", ")}. Terraform may still be there: its state lock is waited for, ` +
            "and what it has done is found by a new plan.",
        ]
      : []),
    ...(left.length > 0 ? [`It had not come to: ${left.join(", ")}.`] : []),
  ];
}

/** The end of a run: a table, every cause in full, and how to go on. */
export function describeEnd(report: Report, shell: Shell): string {
  const failed = report.stacks.filter(({ outcome }) => outcome === "failed");
  const left = report.stacks.filter(({ outcome }) => !["applied", "unchanged", "changed"].includes(outcome));
  return [
    resultTable(report.stacks, colorsFor(shell.stdout, shell)),
    ...failed.map(describeFailure),
    ...(left.length > 0 && report.command === "rollout" ? [howToGoOn(report, left.length)] : []),
  ].join("\n\n");
}

function describeFailure({ name, accountId, cause, advice }: StackReport): string {
  const text = `${name} (${accountId}) failed: ${cause ?? "without a reason"}`;
  return advice === undefined ? text : `${text}\n  ${advice}`;
}

function howToGoOn({ stacks, resumed }: Report, left: number): string {
  const done = stacks.length - left + resumed.length;
  return (
    `${left} left. To go on, run the same command again: it plans every account anew. ` +
    `With --resume it leaves out the ${done} that are done, as long as their stacks stay the same.`
  );
}

/** Prints the end of a run on stdout: for people, after what else they are shown, or the report as JSON. */
export function printEnd(shell: Shell, report: Report, json: boolean, before = ""): void {
  if (json) {
    printJson(shell, report);
  } else {
    print(shell, [before, describeEnd(report, shell)].filter((part) => part !== "").join("\n\n"));
  }
}
