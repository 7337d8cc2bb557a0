import { cut } from "../../functions/shared/text";
import { linesThatFit, markdownCode, markdownText, MOST_COMMENT_CHARACTERS } from "../markdown";
import type { Report, StackReport } from "../report/report";
import { NO_CHANGES } from "../terraform/plan";
import { describeCounts } from "./describe";
import { groupPlans, namesOf, weakenedLine, type ChangedStack, type PlanGroup } from "./plan-groups";

/** Characters for the note that the text was cut. */
const RESERVE = 200;

/** Most characters of a cause, and of its advice. */
const MOST_CAUSE = 800;

/**
 * A plan for a pull request's comment, weakening changes first, cut to GitHub's limit.
 *
 * @param warnings About the configuration.
 * @param limit Most characters. @default - GitHub's
 */
export function planMarkdown(
  { stacks }: Pick<Report, "stacks">,
  warnings: readonly string[],
  limit = MOST_COMMENT_CHARACTERS,
): string {
  const changed = stacks.filter(({ outcome }) => outcome === "changed");
  const failed = stacks.filter(({ outcome }) => outcome !== "changed" && outcome !== "unchanged");
  const groups = groupPlans(
    changed.map(({ name, accountId, effects = [], resources = [], changes: counts = NO_CHANGES }) => ({
      ...{ name, accountId, effects, resources, counts },
    })),
  );
  const weakened = weakenedLine(groups);
  const head = [
    "## Quarantine plan",
    "",
    `**${summary(stacks.length, changed.length, failed.length)}**`,
    ...(weakened === undefined ? [] : ["", `**${markdownText(weakened)}.**`]),
    ...(warnings.length === 0 ? [] : ["", ...warnings.map((warning) => `- ${markdownText(warning)}`)]),
  ];
  const rows = [...failed.map(failedRow), ...groups.map(changedRow)];
  const table = ["", "| accounts | what it means | resources |", "| --- | --- | --- |"];
  const lines = rows.length === 0 ? head : [...head, ...table];
  const shown = linesThatFit(rows, limit - RESERVE - lines.join("\n").length);
  const left = rows.length - shown.length;
  return [
    ...lines,
    ...shown,
    ...(left === 0 ? [] : ["", `${left} more rows are not shown, because GitHub takes no longer comment.`]),
  ].join("\n");
}

function summary(all: number, changed: number, failed: number): string {
  const failures = failed === 0 ? "" : `, ${failed} not planned`;
  return `${changed} of ${all} ${all === 1 ? "stack changes" : "stacks change"}${failures}`;
}

function failedRow({ name, accountId, cause = "unknown cause", advice }: StackReport): string {
  const why = advice === undefined ? cause : `${cause}. ${advice}`;
  return `| ${code({ name, accountId })} | not planned: ${markdownText(cut(why, MOST_CAUSE))} | |`;
}

function changedRow({ first, stacks, lines, resources }: PlanGroup): string {
  const means = lines.map(({ text, weakens }) =>
    weakens ? `**! ${markdownText(text)}**` : markdownText(text),
  );
  const count = describeCounts(first.counts, false);
  const all = resources.map(({ action, address }) => markdownCode(`${action} ${address}`)).join("<br>");
  const changes = all === "" ? count : `<details><summary>${count}</summary>${all}</details>`;
  return `| ${namesOf(stacks, code)} | ${means.join("<br>")} | ${changes} |`;
}

function code({ name, accountId }: Pick<ChangedStack, "name" | "accountId">): string {
  return `${markdownCode(name)} ${markdownCode(accountId)}`;
}
