/** Control, format (bidirectional marks, zero width), line and paragraph separators, lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

/** Quotes and backslashes would end a string of a shell command, or of JSON. */
const QUOTING = /["'\\]/g;

/**
 * Makes text that an attacker may have written safe for one line of an alert: no line breaks, control
 * characters, quotes or backslashes, at most `max` characters.
 */
export function plain(text: string, max = 500): string {
  return cut(text.replace(UNPRINTABLE, " ").replace(QUOTING, "").trim(), max);
}

/**
 * Text that an attacker may have written, without links that can be clicked: one could be taken for one of
 * ours. `https://` becomes `https[:]//`; `www.`, of which mail clients and chats make links too, `www[.]`.
 */
export function unlinked(text: string): string {
  return text.replaceAll("://", "[:]//").replace(/(?<=\bwww)\./gi, "[.]");
}

/**
 * The same JSON without raw characters that reorder, hide or break text. Line breaks between values stay;
 * those in strings are escaped already.
 */
export function printableJson(json: string): string {
  return json.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}

/** At most `max` UTF-16 units, never half a character; cut text ends with `...`. */
export function cut(text: string, max: number): string {
  if (text.length <= max) {
    return text;
  }
  return max < 3 ? "" : `${head(text, max - 3)}...`;
}

/** The first `max` UTF-16 units, never half a character. */
export function head(text: string, max: number): string {
  const last = text.charCodeAt(max - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? max - 1 : max);
}

/** `a, b, c and 4 more`. */
export function listing(names: readonly string[], max = 10): string {
  const shown = names.slice(0, max).join(", ");
  return names.length > max ? `${shown} and ${names.length - max} more` : shown;
}
