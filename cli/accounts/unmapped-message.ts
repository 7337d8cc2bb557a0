import { stringify } from "yaml";
import { escapeControlCharacters } from "../escape-control-characters";
import type { UnmappedAccount } from "./import-plan";

/** Which accounts have no wave, and how to give them one. */
export function unmappedMessage(
  file: string,
  accounts: readonly UnmappedAccount[],
  waves: readonly string[],
): string {
  const count = accounts.length === 1 ? "1 account leads" : `${accounts.length} accounts lead`;
  const lines = accounts.map(({ id, ouPath, organizationName }) =>
    escapeControlCharacters(`  ${id}  ${ouPath}  ${organizationName}`),
  );
  const wave = waves.at(-1) ?? "production";
  const unit = accounts.at(-1)?.ouPath ?? "/";
  // Only YAML gets the unit's name: whoever named the unit could have had the shell in mind.
  const ou = inYaml(unit === "/" ? "/**" : `${unit}/**`);
  return [
    `${count} to no wave; nothing was written:`,
    ...lines,
    `Map their organizational units in ${file}; the first entry that matches decides:`,
    "  accountImport:",
    "    waves:",
    `      - ou: ${ou}`,
    `        wave: ${inYaml(wave)}`,
    `or for this time with --ou-wave '/PATH/**=${wave}', or all of them with --wave ${wave}.`,
    "Accounts that are not to be protected go into accountImport.exclude, or --exclude ID.",
  ].join("\n");
}

/**
 * A text as YAML on one line. Copied to a file it is the same text, and the terminal sees nothing but
 * letters.
 */
function inYaml(text: string): string {
  if (escapeControlCharacters(text) === text) {
    return stringify(text, { lineWidth: 0 }).trimEnd();
  }
  const letters = [...JSON.stringify(text)];
  return letters
    .map((letter) => (escapeControlCharacters(letter) === letter ? letter : escaped(letter)))
    .join("");
}

function escaped(letter: string): string {
  return `\\U${(letter.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`;
}
