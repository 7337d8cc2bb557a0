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
  /** Files of states that were not saved, of accounts that are no longer in the configuration. */
  readonly unsaved: readonly string[];
}

/** What an operator should know before the first account is changed. */
export function describeStart({ before, all, selected, resumed, orphaned, unsaved }: RolloutStart): string[] {
  return [
    ...(before?.status === "running" ? killedRun(before) : []),
    ...(selected.length === 0 ? ["No account is selected: nothing to do."] : []),
    ...(selected.length > 0 && selected.length < all.length
      ? [`Selected ${selected.length} of ${all.length} stacks; the others are not touched.`]
      : []),
    ...(resumed.length > 0
      ? [
          `Skipped, because the last run${before === undefined ? "" : ` (${before.startedAt})`} finished them and they have not changed since: ${resumed.join(", ")}.`,
        ]
      : []),
    ...describeOrphaned(orphaned),
    ...(unsaved.length > 0
      ? [
          `States that were not saved, of accounts that are no longer in the configuration: ${unsaved.join(", ")}. ` +
            "Add the accounts again, and run recover for them.",
        ]
      : []),
  ];
}

/** Deployed accounts that no run changes any more. */
export function describeOrphaned(orphaned: readonly string[]): string[] {
  return orphaned.length === 0
    ? []
    : [
        `No longer in the configuration, but still deployed: ${orphaned.join(", ")}. ` +
          "They are not changed. Add them again, or retire them: docs/rollout.md.",
      ];
}

/** A run whose report was never finished was killed; Terraform itself may still run. */
function killedRun({ startedAt, stacks }: Report): string[] {
  const names = (outcome: StackReport["outcome"]) =>
    stacks.filter((stack) => stack.outcome === outcome).map(({ name }) => name);
  const working = names("working");
  const left = names("pending");
  return [
    `The last run, started at ${startedAt}, was killed before it finished.`,
    ...(working.length > 0
      ? [
          `It was working on: ${working.join(", ")}. Terraform may still be running there: this run waits for ` +
            "its state lock, and a new plan shows what it has done.",
        ]
      : []),
    ...(left.length > 0 ? [`It had not started: ${left.join(", ")}.`] : []),
  ];
}

/** The end of a run: a table, every cause in full but only once, and how to continue. */
export function describeEnd(report: Report, shell: Shell): string {
  const failed = report.stacks.filter(({ outcome }) => outcome === "failed");
  const left = report.stacks.filter(({ outcome }) => !["applied", "unchanged", "changed"].includes(outcome));
  return [
    resultTable(report.stacks, colorsFor(shell.stdout, shell)),
    ...alike(failed).map(describeFailure),
    ...(left.length > 0 && report.command === "rollout" ? [howToContinue(report, left.length)] : []),
  ].join("\n\n");
}

/** Failures by their cause and advice: many accounts mostly fail for one reason. */
function alike(failed: readonly StackReport[]): StackReport[][] {
  const groups = new Map<string, StackReport[]>();
  for (const stack of failed) {
    // Advice that names the account is a command to paste, so it is shown for each.
    const key = JSON.stringify([withoutAccount(stack), stack.advice]);
    groups.set(key, [...(groups.get(key) ?? []), stack]);
  }
  return [...groups.values()];
}

/** A cause without the parts that differ per account: its id, its name, and the id of a request. */
function withoutAccount({ name, accountId, cause = "" }: StackReport): string {
  return cause
    .replaceAll(accountId, "ACCOUNT")
    .replaceAll(`stacks/${name}`, "stacks/NAME")
    .replace(/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi, "REQUEST");
}

function describeFailure([first, ...others]: readonly StackReport[]): string {
  const title = ({ name, accountId }: StackReport) => `${name} (${accountId})`;
  return [
    ...(first === undefined ? [] : [`${title(first)} failed: ${first.cause ?? "unknown cause"}`]),
    ...(first?.advice === undefined ? [] : [`  ${first.advice}`]),
    ...(others.length === 0
      ? []
      : [`  ${others.length} more failed for the same reason: ${others.map(title).join(", ")}`]),
  ].join("\n");
}

function howToContinue({ stacks, resumed }: Report, left: number): string {
  const done = stacks.length - left + resumed.length;
  const again = `${left} left. To continue, run the same command again: it plans every account anew.`;
  return done === 0
    ? again
    : `${again} With --resume it skips the ${done} that are done, unless their stacks have changed.`;
}

/**
 * Prints the end of a run on stdout: for people, or the report as JSON.
 *
 * @param steps The next steps, one sentence each.
 */
export function printEnd(
  shell: Shell,
  report: Report,
  json: boolean,
  { before = "", steps = [] }: { readonly before?: string; readonly steps?: readonly string[] } = {},
): void {
  if (json) {
    printJson(shell, report);
    return;
  }
  const next = steps.length === 0 ? "" : ["Next:", ...steps.map((step) => `- ${step}`)].join("\n");
  print(shell, [before, describeEnd(report, shell), next].filter((part) => part !== "").join("\n\n"));
}
