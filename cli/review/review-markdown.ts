import { cut, listing } from "../../functions/shared/text";
import { linesThatFit, markdownCode, markdownText, MOST_COMMENT_CHARACTERS } from "../markdown";
import {
  countOf,
  describeAsked,
  describeCounts,
  differenceLine,
  groupAccounts,
  liveLines,
  phaseOf,
  statusInWords,
  type AccountGroup,
} from "./group-accounts";
import { isInOrder } from "./in-order";
import type { Review } from "./review";

/** For what says that it was cut. */
const RESERVE = 500;

const SHOWN = { names: 5, differences: 12, value: 120, problem: 500 } as const;

/**
 * The review for a pull request's comment, worst first, cut to what GitHub takes.
 *
 * @param limit Most characters. @default - GitHub's
 */
export function reviewMarkdown(review: Review, limit = MOST_COMMENT_CHARACTERS): string {
  const head = [
    "## Quarantine review",
    "",
    `**${markdownText(describeCounts(review.accounts))}** (${markdownText(describeAsked(review))})`,
    "",
    `Version ${markdownCode(review.version)}, ${markdownText(review.reviewedAt)}`,
  ];
  const table = [
    "",
    "| status | wave | accounts | mode | version | guard | details |",
    "| --- | --- | --- | --- | --- | --- | --- |",
  ];
  const groups = groupAccounts(review);
  const lines = [...head, ...(groups.length === 0 ? [] : table)];
  const shown = linesThatFit(groups.map(row), limit - RESERVE - lines.join("\n").length);
  const cutOff = groups.slice(shown.length).flatMap(({ accounts }) => accounts);
  return [
    ...lines,
    ...shown,
    ...(cutOff.length === 0
      ? []
      : ["", `Not shown, because GitHub takes no longer comment: ${markdownText(describeCounts(cutOff))}.`]),
  ].join("\n");
}

function row(group: AccountGroup): string {
  const { first } = group;
  const cells = [
    isInOrder(first.status) ? statusInWords(first.status) : `**${statusInWords(first.status)}**`,
    markdownText(phaseOf(first)),
    names(group),
    markdownText(first.deployed?.mode ?? first.mode ?? ""),
    markdownText(first.deployed?.version ?? ""),
    markdownText(first.guard.replaceAll("-", " ")),
    details(group),
  ];
  return `| ${cells.join(" | ")} |`;
}

function names({ accounts }: AccountGroup): string {
  const shown = accounts.map(({ name, id }) => `${markdownCode(name)} ${markdownCode(id)}`);
  return accounts.length === 1
    ? listing(shown)
    : `${countOf(accounts.length)}: ${listing(shown, SHOWN.names)}`;
}

function details(group: AccountGroup): string {
  const { first, differences } = group;
  const more = differences.length - SHOWN.differences;
  return [
    ...first.problems.map((problem) => markdownText(cut(problem, SHOWN.problem))),
    ...differences.slice(0, SHOWN.differences).map((each) => differenceLine(each, code, code)),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...liveLines(group).map(markdownText),
  ].join("<br>");
}

function code(text: string): string {
  return markdownCode(cut(text, SHOWN.value));
}
