import { escapeControlCharacters } from "./escape-control-characters";

/** Characters with a meaning in GitHub's Markdown or HTML; a colon and a dot where they would make a link. */
const MARKUP = /[&<>"'\\`*_~[\](){}|!$^#@:]|(?<=\bwww)\./gi;

/** Characters that GitHub interprets after it has rendered the HTML: a mention, a reference to an issue. */
const LINKING = "@#";

const ZERO_WIDTH_SPACE = "&#8203;";

/**
 * Untrusted text as one line of GitHub's Markdown, also in a table: nothing in it is markup, a link or a
 * mention. Source: https://github.github.com/gfm/, "Entity and numeric character references".
 */
export function markdownText(text: string): string {
  return escapeControlCharacters(text).replace(MARKUP, (sign) =>
    LINKING.includes(sign) ? `${entity(sign)}${ZERO_WIDTH_SPACE}` : entity(sign),
  );
}

/**
 * The same for names and values that people copy, as code, in which GitHub interprets nothing. In a table, a
 * code span cannot contain both a backtick and a pipe, so such a text becomes HTML.
 */
export function markdownCode(text: string): string {
  const plain = escapeControlCharacters(text).trim();
  if (plain === "") {
    return "";
  }
  return /[`|\\]/.test(plain) ? `<code>${plain.replace(MARKUP, entity)}</code>` : `\`${plain}\``;
}

/** GitHub's answer to a longer comment: "body is too long (maximum is 65536 characters)". */
export const MOST_COMMENT_CHARACTERS = 65_536;

/**
 * The first lines that fit into this number of characters. After the first line that does not fit, all are
 * left out.
 */
export function linesThatFit(lines: readonly string[], characters: number): string[] {
  let left = characters;
  return lines.filter((line) => {
    left -= line.length + 1;
    return left >= 0;
  });
}

function entity(sign: string): string {
  return `&#${sign.codePointAt(0) ?? 0};`;
}
