import { ConfigError } from "./errors";

const REPLACEMENT = "\uFFFD";

/**
 * The text of a configuration. Bytes that are not UTF-8 are refused: decoded, they would be replaced, and
 * `accounts import` would write the file without them.
 *
 * @throws {ConfigError} With the place of the first of them.
 */
export function readUtf8(file: string, bytes: Buffer): string {
  const text = bytes.toString("utf8");
  const at = replacedAt(text, bytes);
  if (at === undefined) {
    return text;
  }
  const lines = text.slice(0, at.index).split("\n");
  const byte = bytes[at.offset]?.toString(16).padStart(2, "0") ?? "";
  throw new ConfigError(file, [
    {
      path: "",
      position: { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 },
      expected: "text in UTF-8",
      found: `the byte 0x${byte} (byte offset ${at.offset})`,
      hint: "save the file as UTF-8",
    },
  ]);
}

/** The first place where the text does not have what the bytes say; the text may hold U+FFFD by itself. */
function replacedAt(text: string, bytes: Buffer): { index: number; offset: number } | undefined {
  let index = text.indexOf(REPLACEMENT);
  let offset = Buffer.byteLength(text.slice(0, index));
  while (index >= 0) {
    if (!bytes.subarray(offset, offset + 3).equals(Buffer.from(REPLACEMENT))) {
      return { index, offset };
    }
    const next = text.indexOf(REPLACEMENT, index + 1);
    offset += Buffer.byteLength(text.slice(index, next));
    index = next;
  }
  return undefined;
}
