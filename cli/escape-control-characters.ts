/**
 * Makes untrusted text safe to print on one line: its control characters could move the cursor or fake lines
 * of output.
 */
export function escapeControlCharacters(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\uFFFD");
}

/** The same for text of several lines. */
export function escapeControlCharactersInLines(text: string): string {
  return text.split("\n").map(escapeControlCharacters).join("\n");
}
