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

/** The review for people: a row for each group of accounts that stand alike, and the numbers at the end. */
export function reviewText(review: Review, colors: Colors): string {
  const table = new Table({
    head: ["status", "wave", "accounts", "mode", "version", "guard", "details"],
    style: { head: [], border: [], compact: true },
    wordWrap: true,
    wrapOnWordBoundary: false,
    colWidths: [null, null, WIDTHS.accounts, null, null, null, WIDTHS.details],
  });
  for (const group of groupAccounts(review)) {
    const { first } = group;
    const status = statusInWords(first.status);
    table.push([
      isAlarming(first) ? colors.red(status) : status,
      phaseOf(first),
      names(group),
      first.deployed?.mode ?? first.mode ?? "",
      first.deployed?.version ?? "",
      first.guard.replaceAll("-", " "),
      details(group, colors),
    ]);
  }
  return [
    ...(review.accounts.length === 0 ? [] : [table.toString()]),
    `${describeCounts(review.accounts)} (${describeAsked(review)})`,
  ].join("\n");
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
