import Table from "cli-table3";
import { stringify } from "yaml";
import { escapeControlCharacters } from "../escape-control-characters";
import { EXIT, type ExitCode } from "../exit-codes";
import { markdownCode, markdownText } from "../markdown";
import type { Colors } from "../shell";
import type { AccountSuggestions, Replay, ReplayedCreation } from "./replay";
import type { NoSuggestion, Suggestion } from "./suggest-trust";

/** Where the records came from, and what could not be read. */
export interface ReplaySource {
  /** As text: `90 days to 2026-11-30, 3 accounts`. */
  readonly title: string;
  readonly failed: readonly { readonly account: string; readonly error: string }[];
}

/** The creations of one creator. */
interface CreatorRow {
  readonly account: string;
  readonly creator: string;
  readonly trusted: number;
  readonly quarantined: number;
  /** Places of the entries that trusted it. */
  readonly trustedBy: readonly string[];
  readonly users: readonly string[];
  /** Time of its last creation. */
  readonly last: string;
}

/** 1 when something could not be read, 2 when users would have been quarantined. */
export function replayExitCode({ creations, unreadable }: Replay, { failed }: ReplaySource): ExitCode {
  if (failed.length > 0 || unreadable.length > 0) {
    return EXIT.failed;
  }
  return creations.some(isQuarantined) ? EXIT.changes : EXIT.done;
}

/** The result for machines. It always includes what could not be read. */
export function replayJson(replay: Replay, source: ReplaySource): object {
  const { creations, suggestions, ...others } = replay;
  return {
    source: source.title,
    notRead: source.failed,
    created: creations.length,
    trusted: creations.filter((each) => !isQuarantined(each)).length,
    quarantined: creations.filter(isQuarantined).length,
    creators: creatorRows(creations),
    creations,
    ...others,
    suggestions: suggestions.map(({ account, accountId, suggestions: all }) => ({
      account,
      accountId,
      trust: { creators: all.filter(isSuggested).map(({ entry }) => entry) },
      suggested: all.filter(isSuggested).map(({ entry, attacker, creations: covered }) => ({
        entry,
        attacker,
        users: covered.map(({ userName }) => userName),
      })),
      notSuggested: all
        .filter((each) => !isSuggested(each))
        .map(({ creator, why, instead, creations: left }) => ({
          creator,
          why,
          instead,
          users: left.map(({ userName }) => userName),
        })),
    })),
  };
}

/** The result for people. */
export function replayText(replay: Replay, source: ReplaySource, colors: Colors): string {
  const rows = creatorRows(replay.creations);
  const table = new Table({
    head: ["account", "creator", "quarantined", "trusted", "users", "last"],
    style: { head: [], border: [], compact: true },
    wordWrap: true,
    wrapOnWordBoundary: false,
    colWidths: [null, 52, null, null, 34, null],
  });
  for (const row of rows) {
    const by = row.trustedBy.length === 0 ? "" : `\nby ${row.trustedBy.join(", ")}`;
    table.push(
      [
        row.account,
        row.creator,
        row.quarantined === 0 ? "0" : colors.red(String(row.quarantined)),
        `${row.trusted}${by}`,
        some(row.users),
        row.last.slice(0, 10),
      ].map(escapeButColors),
    );
  }
  return [
    summary(replay, source),
    ...(rows.length > 0 ? [table.toString()] : []),
    ...trouble(replay, source).map((line) => colors.red(line)),
    ...replay.suggestions.flatMap((each) => suggestionLines(each, colors)),
  ].join("\n");
}

/** The result for a pull request or a ticket. */
export function replayMarkdown(replay: Replay, source: ReplaySource): string {
  const rows = creatorRows(replay.creations);
  const table = [
    "| account | creator | quarantined | trusted | users | last |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows.map((row) => {
      const by = row.trustedBy.length === 0 ? "" : ` by ${row.trustedBy.join(", ")}`;
      const texts = [`${row.trusted}${by}`, some(row.users), row.last.slice(0, 10)].map(markdownText);
      const cells = [markdownText(row.account), markdownCode(row.creator), row.quarantined, ...texts];
      return `| ${cells.join(" | ")} |`;
    }),
  ];
  return [
    "# What enforcing would have done",
    "",
    markdownText(summary(replay, source)),
    ...(rows.length > 0 ? ["", ...table] : []),
    ...list(trouble(replay, source).map(markdownText)),
    ...replay.suggestions.flatMap(({ account, accountId, suggestions }) => {
      const suggested = suggestions.filter(isSuggested);
      return [
        "",
        `## Account ${account} (${accountId})`,
        ...(suggested.length === 0 ? [] : ["", CONFIRM, "", "```yaml", ...yamlLines(suggested), "```"]),
        ...list(suggested.flatMap(({ attacker }) => attacker).map(markdownText)),
        ...list(
          suggestions
            .filter((each) => !isSuggested(each))
            .map((each) => `${markdownCode(each.creator)} ${markdownText(whyNot(each))}`),
        ),
      ];
    }),
  ].join("\n");
}

function isQuarantined({ verdict }: ReplayedCreation): boolean {
  return verdict.action === "quarantine";
}

function isSuggested(each: Suggestion | NoSuggestion): each is Suggestion {
  return each.kind === "suggested";
}

/** By account and creator, those with the most users to quarantine first. */
function creatorRows(creations: readonly ReplayedCreation[]): CreatorRow[] {
  const groups = new Map<string, ReplayedCreation[]>();
  for (const creation of creations) {
    const key = JSON.stringify([creation.accountId, creation.creator]);
    groups.set(key, [...(groups.get(key) ?? []), creation]);
  }
  return [...groups.values()]
    .map((group) => ({
      account: group[0]?.account ?? "",
      creator: group[0]?.creator ?? "",
      trusted: group.filter((each) => !isQuarantined(each)).length,
      quarantined: group.filter(isQuarantined).length,
      trustedBy: [...new Set(group.flatMap(({ decidedBy }) => decidedBy?.place ?? decidedBy?.path ?? []))],
      users: group.map(({ userName }) => userName),
      last: group.at(-1)?.eventTime ?? "",
    }))
    .sort((a, b) => b.quarantined - a.quarantined || b.trusted - a.trusted);
}

function summary({ creations }: Replay, { title }: ReplaySource): string {
  const quarantined = creations.filter(isQuarantined).length;
  return `${title}: ${counted(creations.length, "user")} created; enforce would have quarantined ${quarantined} and left ${creations.length - quarantined} alone as trusted.`;
}

function trouble({ ignored, unreadable, elsewhere }: Replay, { failed }: ReplaySource): string[] {
  return [
    ...failed.map(({ account, error }) => `${account} could not be read: ${error}`),
    ...unreadable.map(
      ({ account, eventId, error }) =>
        `${account}: the responder cannot read event ${eventId} and would alert: ${error}`,
    ),
    ...Object.entries(ignored).map(
      ([rule, many]) => `${counted(many, "record")} of CreateUser ignored by ${rule}`,
    ),
    ...Object.entries(elsewhere).map(
      ([id, many]) =>
        `${counted(many, "record")} of account ${id || "unknown"}, which is no target, or not selected`,
    ),
  ].map(escapeControlCharacters);
}

const CONFIRM =
  "Confirm every user with its owner first: the entries are made from past events, which may include an attack. Add them to the account's `trust` in rollout.yaml, with an end (`until`) where the need ends.";

function suggestionLines({ account, accountId, suggestions }: AccountSuggestions, colors: Colors): string[] {
  const suggested = suggestions.filter(isSuggested);
  const others = suggestions.filter((each) => !isSuggested(each));
  return [
    "",
    colors.bold(`${account} (${accountId})`),
    ...(suggested.length === 0
      ? []
      : [CONFIRM, ...yamlLines(suggested), "What an attacker could do with them:"]),
    ...suggested.flatMap(({ attacker }) => attacker.map((line) => `- ${line}`)),
    ...(others.length === 0 ? [] : ["Not suggested:"]),
    ...others.map((each) => escapeControlCharacters(`- ${each.creator} ${whyNot(each)}`)),
  ];
}

function whyNot({ why, instead, creations }: NoSuggestion): string {
  const users = some(creations.map(({ userName }) => userName));
  return `(${counted(creations.length, "user")}: ${users}): ${why}. Instead: ${instead}.`;
}

/** Entries that can be pasted, each below a comment that says what it covers. */
function yamlLines(suggested: readonly Suggestion[]): string[] {
  return [
    "trust:",
    "  creators:",
    ...suggested.flatMap(({ entry, creations }) => {
      const last =
        creations
          .map(({ eventTime }) => eventTime)
          .sort()
          .at(-1) ?? "";
      const users = some(creations.map(({ userName }) => userName));
      const yaml = stringify([entry], { lineWidth: 0 }).trimEnd().split("\n");
      const comment = `# ${counted(creations.length, "user")}, the last on ${last.slice(0, 10)}: ${users}`;
      return [comment, ...yaml].map((line) => `    ${escapeControlCharacters(line)}`);
    }),
  ];
}

const SHOWN = 3;

function some(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  const more = distinct.length - SHOWN;
  return more > 0 ? `${distinct.slice(0, SHOWN).join(", ")} and ${more} more` : distinct.join(", ");
}

function counted(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? "" : "s"}`;
}

function list(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", ...lines.map((line) => `- ${line}`)];
}

/** Control characters except our own: colours, and the line break before a place. */
function escapeButColors(text: string): string {
  return text
    .split(/(\u001b\[\d+m|\n)/)
    .map((part, index) => (index % 2 === 1 ? part : escapeControlCharacters(part)))
    .join("");
}
