import { CST, isMap, isScalar, isSeq, stringify, type Node, type Pair, type YAMLSeq } from "yaml";
import type { FileAccount } from "./import-plan";

/** Replaces a part of the file by another text. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Inserts accounts after an item of the list. */
export function insertionAfter(
  text: string,
  list: unknown,
  items: readonly Node[],
  index: number,
  accounts: readonly FileAccount[],
): Edit[] {
  const end = items[index]?.range?.[1];
  if (!isSeq(list) || end === undefined) {
    return [];
  }
  if (list.flow) {
    return [insert(end, accounts.map((account) => `, ${flowEntry(account)}`).join(""))];
  }
  const indent = indentOf(list);
  const gap = areSpaced(text, items) ? lineEnd(text) : "";
  const lines = accounts.map((account) => gap + blockEntry(account, indent, lineEnd(text))).join("");
  return [insertLines(text, afterItem(text, end, indent), lines)];
}

/**
 * Adds accounts where `accounts` is missing, has no value, or is `[]`.
 *
 * @param contents Everything that the file says.
 */
export function emptyListEdits(
  text: string,
  contents: Node | null,
  pair: Pair | undefined,
  accounts: readonly FileAccount[],
): Edit[] {
  const eol = lineEnd(text);
  const lines = accounts.map((account) => blockEntry(account, 2, eol)).join("");
  const key = isScalar(pair?.key) ? pair.key.range : undefined;
  if (accounts.length === 0) {
    return [];
  }
  if (!key) {
    return [insertLines(text, endOfDocument(text, contents), `accounts:${eol}${lines}`)];
  }
  const colon = text.indexOf(":", key[1]) + 1;
  const end = endOfNothing(text, pair?.value, colon);
  return end === undefined
    ? []
    : [{ start: colon, end, text: "" }, insertLines(text, nextLine(text, end), lines)];
}

/** Start of the line `...`, with which a document may end; without it, the end of the text. */
function endOfDocument(text: string, contents: Node | null): number {
  // After the contents there are only comments.
  const marker = /^\.{3}(?=\s|$)/gm;
  marker.lastIndex = contents?.range?.[1] ?? 0;
  return marker.exec(text)?.index ?? text.length;
}

/**
 * End of `[]`, `~`, `null` or of no value; undefined for anything else, such as comments in brackets.
 */
function endOfNothing(text: string, value: unknown, colon: number): number | undefined {
  if (isScalar(value)) {
    return value.source ? value.range?.[1] : colon;
  }
  const range = isSeq(value) ? value.range : undefined;
  return range && /^\[\s*\]$/.test(text.slice(range[0], range[1])) ? range[1] : undefined;
}

/** Replaces the wave of an account, and keeps its quotes. */
export function waveEdit(text: string, item: Node | undefined, wave: string): Edit[] {
  const range = isMap(item) ? item.get("wave", true)?.range : undefined;
  if (!range) {
    return [];
  }
  const [start, end] = range;
  const quote = /["']/.exec(text.charAt(start))?.[0];
  return [{ start, end, text: quote === undefined ? scalarText(wave) : `${quote}${wave}${quote}` }];
}

/** A value in YAML, quoted only where it would otherwise be read as something else. */
function scalarText(value: string): string {
  return stringify(value).trimEnd();
}

function flowEntry({ name, id, wave }: FileAccount): string {
  return `{ name: ${scalarText(name)}, id: "${id}", wave: ${scalarText(wave)} }`;
}

function blockEntry({ name, id, wave }: FileAccount, indent: number, eol: string): string {
  const margin = " ".repeat(indent);
  return [
    `${margin}- name: ${scalarText(name)}${eol}`,
    `${margin}  id: "${id}"${eol}`,
    `${margin}  wave: ${scalarText(wave)}${eol}`,
  ].join("");
}

function indentOf({ srcToken }: YAMLSeq): number {
  return CST.isCollection(srcToken) && srcToken.type === "block-seq" ? srcToken.indent : 0;
}

/** Whether an empty line separates the first two accounts: then new ones get one too. */
function areSpaced(text: string, [first, second]: readonly Node[]): boolean {
  const end = first?.range?.[1] ?? 0;
  const between = text.slice(Math.max(0, end - 1), second?.range?.[0] ?? end);
  return /\n[ \t]*\r?\n/.test(between);
}

/** Start of the line after an item; comments indented like its keys belong to it. */
function afterItem(text: string, end: number, indent: number): number {
  const comments = new RegExp(`(?:[ \\t]*\\r?\\n)*[ ]{${indent + 1},}#.*(?:\\n|$)`, "y");
  let offset = text[end - 1] === "\n" ? end : nextLine(text, end);
  for (;;) {
    comments.lastIndex = offset;
    const found = comments.exec(text);
    if (found === null || found[0] === "") {
      return offset;
    }
    offset += found[0].length;
  }
}

function nextLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end + 1;
}

function lineEnd(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function insert(at: number, text: string): Edit {
  return { start: at, end: at, text };
}

/** Inserts whole lines. A last line without a line break gets one first, and the file still ends without. */
function insertLines(text: string, at: number, lines: string): Edit {
  const isOpen = at > 0 && text[at - 1] !== "\n";
  return insert(at, isOpen ? lineEnd(text) + lines.replace(/\r?\n$/, "") : lines);
}
