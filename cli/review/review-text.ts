import Table from "cli-table3";
import { cut } from "../../functions/shared/text";
import { escapeControlCharacters } from "../escape-control-characters";
import { EXIT, type ExitCode } from "../exit-codes";
import type { Colors } from "../shell";
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
import type { Review, ReviewedAccount } from "./review";

/** 1 when something could not be read, since differences may be missing then; 2 when something differs. */
export function reviewExitCode({ accounts }: Pick<Review, "accounts">): ExitCode {
  if (accounts.some(({ status }) => status === "unreadable")) {
    return EXIT.failed;
  }
  return accounts.some(({ status }) => !isInOrder(status)) ? EXIT.changes : EXIT.done;
}

const WIDTHS = { accounts: 34, details: 64 };

/** Differences of one group that are listed, and the longest value; `--json` has all of both. */
const MOST_DIFFERENCES = 6;
const LONGEST_VALUE = 100;

const NAMED = 5;

/**
 * The review for people: a row for each group of accounts that stand alike, and the numbers at the end.
 *
 * @param columns Characters that fit into a line: a table that does not fit is a list. @default - any number
 */
export function reviewText(review: Review, colors: Colors, columns = Infinity): string {
  const groups = groupAccounts(review);
  const table = tableOf(groups, colors);
  const fits = table.indexOf("\n") <= columns;
  return [
    ...(groups.length === 0 ? [] : [fits ? table : groups.map((group) => listed(group, colors)).join("\n")]),
    `${describeCounts(review.accounts)} (${describeAsked(review)})`,
  ].join("\n");
}

function tableOf(groups: readonly AccountGroup[], colors: Colors): string {
  const table = new Table({
    head: ["status", "wave", "accounts", "mode", "version", "guard", "details"],
    style: { head: [], border: [], compact: true },
    wordWrap: true,
    wrapOnWordBoundary: false,
    colWidths: [null, null, WIDTHS.accounts, null, null, null, WIDTHS.details],
  });
  for (const group of groups) {
    const { first } = group;
    table.push([
      coloredStatus(first, colors),
      phaseOf(first),
      names(group),
      first.deployed?.mode ?? first.mode ?? "",
      first.deployed?.version ?? "",
      first.guard.replaceAll("-", " "),
      details(group, colors),
    ]);
  }
  return table.toString();
}

/** The cells of a row, one below the other. */
function listed(group: AccountGroup, colors: Colors): string {
  const { first } = group;
  const { kind, deployed, mode, guard } = first;
  const facts = [
    ...(kind === "uncovered" ? [] : [phaseOf(first)]),
    deployed?.mode ?? mode ?? "",
    deployed?.version ?? "",
    `guard ${guard.replaceAll("-", " ")}`,
  ];
  const lines = [names(group), details(group, colors)].join("\n").split("\n");
  return [
    `${coloredStatus(first, colors)}: ${facts.filter((fact) => fact !== "").join(", ")}`,
    ...lines.filter((line) => line !== "").map((line) => `  ${line}`),
  ].join("\n");
}

function coloredStatus(account: ReviewedAccount, colors: Colors): string {
  const status = statusInWords(account.status);
  return isAlarming(account) ? colors.red(status) : status;
}

function isAlarming({ status }: ReviewedAccount): boolean {
  return !isInOrder(status) && status !== "left";
}

function names({ first, accounts }: AccountGroup): string {
  const more = accounts.length - NAMED;
  const lines =
    accounts.length === 1
      ? [first.name, first.id, first.unit ?? ""]
      : [
          countOf(accounts.length),
          ...accounts.slice(0, NAMED).map(({ name, id }) => `${name} (${id})`),
          ...(more > 0 ? [`and ${more} more`] : []),
        ];
  return lines
    .filter((line) => line !== "")
    .map(escapeControlCharacters)
    .join("\n");
}

function details(group: AccountGroup, colors: Colors): string {
  const { first, accounts, differences } = group;
  const alone = accounts.length === 1;
  const applied = first.deployed?.appliedAt ?? null;
  const more = differences.length - MOST_DIFFERENCES;
  return [
    ...first.problems.map((problem) =>
      (isAlarming(first) ? colors.red : String)(escapeControlCharacters(problem)),
    ),
    ...differences
      .slice(0, MOST_DIFFERENCES)
      .map((each) => escapeControlCharacters(differenceLine(each, String, value))),
    ...(more > 0 ? [`and ${more} more: --json lists them`] : []),
    ...liveLines(group).map(escapeControlCharacters),
    ...(alone && applied !== null ? [`applied at ${applied}`] : []),
    ...(alone && first.trust !== "" ? [escapeControlCharacters(first.trust)] : []),
  ].join("\n");
}

function value(text: string): string {
  return cut(text, LONGEST_VALUE);
}
