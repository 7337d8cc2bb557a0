import Table from "cli-table3";
import { listing } from "../../functions/shared/text";
import { escapeControlCharacters } from "../escape-control-characters";
import { EXIT, type ExitCode } from "../exit-codes";
import type { Colors } from "../shell";
import type { AccountReading } from "../users/read-accounts";
import type { UserStatus } from "../users/user-status";

interface UserRow extends UserStatus {
  readonly account: string;
  readonly accountId: string;
}

/** One row for each user, in the order of the accounts and of the names. */
export function userRows(readings: readonly AccountReading[]): UserRow[] {
  return readings.flatMap((reading) =>
    reading.kind === "read"
      ? [...reading.users]
          .sort((a, b) => (a.userName < b.userName ? -1 : 1))
          .map((user) => ({ account: reading.account.name, accountId: reading.account.id, ...user }))
      : [],
  );
}

/** Accounts that could not be read, with the reason. */
function unreadable(readings: readonly AccountReading[]) {
  return readings.flatMap((reading) =>
    reading.kind === "unreadable"
      ? [{ account: reading.account.name, accountId: reading.account.id, error: reading.error }]
      : [],
  );
}

/** Accounts that are paused, and those of which that is not known. */
function pauses(readings: readonly AccountReading[]) {
  return readings.flatMap((reading) =>
    reading.kind === "read" && reading.pause.kind !== "none"
      ? [{ account: reading.account.name, accountId: reading.account.id, pause: reading.pause }]
      : [],
  );
}

/**
 * 1 when an account, or a part of a user, could not be read, since gaps may be missing then; 2 when a
 * quarantine has a gap.
 */
export function statusExitCode(readings: readonly AccountReading[]): ExitCode {
  const users = userRows(readings);
  if (unreadable(readings).length > 0 || users.some((user) => user.unread.length > 0)) {
    return EXIT.failed;
  }
  return users.some(({ gap }) => gap.length > 0) ? EXIT.changes : EXIT.done;
}

/** The result for machines. It always includes what could not be read. */
export function statusJson(readings: readonly AccountReading[]): object {
  return {
    accounts: readings.length,
    users: userRows(readings),
    unreadable: unreadable(readings),
    pauses: pauses(readings),
  };
}

const HEAD = [
  "account",
  "accountId",
  "user",
  "status",
  "since",
  "createdBy",
  "sourceIp",
  "deniedBy",
  "open",
  "gap",
  "unread",
  "releasedBy",
  "approvedBy",
  "releaseReason",
  "releasedAt",
  "releasedUntil",
] as const;

/**
 * The result for a spreadsheet (RFC 4180): one line per user, and one for each account that could not be read
 * or is paused.
 */
export function statusCsv(readings: readonly AccountReading[]): string {
  const users = userRows(readings).map((row): readonly string[] => [
    row.account,
    row.accountId,
    row.userName,
    row.status,
    row.since,
    row.createdBy,
    row.sourceIp,
    row.deniedBy.join("; "),
    row.open.join("; "),
    row.gap.join("; "),
    row.unread.join("; "),
    row.released?.by ?? "",
    row.released?.approvedBy ?? "",
    row.released?.reason ?? "",
    row.released?.at ?? "",
    row.released?.until ?? "",
  ]);
  const accountLine = (cells: Partial<Record<(typeof HEAD)[number], string>>) =>
    HEAD.map((name) => cells[name] ?? "");
  const paused = pauses(readings).map(({ account, accountId, pause }) =>
    pause.kind === "paused"
      ? accountLine({ account, accountId, status: pause.text })
      : accountLine({ account, accountId, unread: `pause: ${pause.error}` }),
  );
  const lost = unreadable(readings).map(({ account, accountId, error }) =>
    accountLine({ account, accountId, unread: error }),
  );
  return [HEAD, ...users, ...paused, ...lost].map((line) => line.map(csvCell).join(",")).join("\n");
}

/**
 * A spreadsheet treats a cell that begins with one of these as a formula. Where the decimal separator is a
 * comma, a semicolon ends a cell, quoted or not. Source: OWASP, "CSV Injection".
 */
const FORMULA = /(?<=^|;\s*)[=+\-@]/g;

function csvCell(text: string): string {
  const plain = escapeControlCharacters(text);
  const safe = plain.replace(FORMULA, "'$&");
  return /[",;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The result for people: a table, what could not be read, and a summary. */
export function statusText(readings: readonly AccountReading[], colors: Colors): string {
  const users = userRows(readings);
  const lost = unreadable(readings);
  const gaps = users.filter(({ gap }) => gap.length > 0).length;
  return [
    ...(users.length > 0 ? [table(users, colors)] : []),
    ...pauseLines(readings).map((line) => colors.red(escapeControlCharacters(line))),
    ...lost.map(({ account, error }) =>
      colors.red(escapeControlCharacters(`${account} could not be read: ${error}`)),
    ),
    [
      `${count(readings.length - lost.length, "account")} read`,
      count(users.length, "user"),
      `${gaps === 0 ? "none" : gaps} with a gap`,
      ...(lost.length > 0 ? [`${count(lost.length, "account")} not read`] : []),
    ].join(", "),
  ].join("\n");
}

/** Accounts with the same text share a line, since a pause often covers many accounts. */
function pauseLines(readings: readonly AccountReading[]): string[] {
  const accountsOf = new Map<string, string[]>();
  for (const { account, pause } of pauses(readings)) {
    const words =
      pause.kind === "paused"
        ? `${pause.text}, nobody new is denied`
        : `Whether it is paused could not be read (${pause.error})`;
    accountsOf.set(words, [...(accountsOf.get(words) ?? []), account]);
  }
  return [...accountsOf].map(([words, accounts]) => `${words}: ${listing(accounts, 20)}`);
}

const DETAILS_WIDTH = 64;

function table(users: readonly UserRow[], colors: Colors): string {
  const result = new Table({
    head: ["account", "user", "status", "denied by", "details"],
    style: { head: [], border: [], compact: true },
    wordWrap: true,
    wrapOnWordBoundary: false,
    colWidths: [null, null, null, null, DETAILS_WIDTH],
  });
  for (const user of users) {
    result.push([
      lines([user.account, user.accountId]),
      escapeControlCharacters(user.userName),
      lines([user.status || "no tag", user.since]),
      lines(user.deniedBy.length > 0 ? user.deniedBy : ["nothing"]),
      details(user, colors),
    ]);
  }
  return result.toString();
}

function details(user: UserRow, colors: Colors): string {
  const { released, createdBy, sourceIp, open, gap, unread } = user;
  const about = [
    createdBy && `created by ${createdBy}`,
    sourceIp && `from ${sourceIp}`,
    ...(released === undefined
      ? []
      : [
          `released by ${released.by || "unknown"}, approved by ${released.approvedBy || "unknown"}`,
          `at ${released.at || "unknown"}, ${released.until ? `until ${released.until}` : "without end"}`,
          `reason: ${released.reason || "unknown"}`,
        ]),
    ...open.map((each) => `open: ${each}`),
  ];
  const alarming = [...gap.map((each) => `GAP: ${each}`), ...unread.map((each) => `not read: ${each}`)];
  return [lines(about), ...alarming.map((each) => colors.red(escapeControlCharacters(each)))]
    .filter((line) => line !== "")
    .join("\n");
}

function lines(texts: readonly (string | undefined)[]): string {
  return texts.flatMap((text) => (text ? [escapeControlCharacters(text)] : [])).join("\n");
}

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? "" : "s"}`;
}
