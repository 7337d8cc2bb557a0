import { stringify } from "yaml";
import type { UnmappedAccount } from "./import-plan";
import { printable } from "./printable";

/** Which accounts have no wave, and how to give them one. */
export function unmappedMessage(
  file: string,
  accounts: readonly UnmappedAccount[],
  waves: readonly string[],
): string {
  const count = accounts.length === 1 ? "1 account leads" : `${accounts.length} accounts lead`;
  const lines = accounts.map(({ id, ouPath, organizationName }) =>
    printable(`  ${id}  ${ouPath}  ${organizationName}`),
  );
  const wave = waves.at(-1) ?? "production";
  const unit = accounts.at(-1)?.ouPath ?? "/";
  // Only YAML gets the unit's name: whoever named the unit could have had the shell in mind.
  const entry = stringify({ ou: unit === "/" ? "/**" : `${unit}/**`, wave }, { lineWidth: 0 });
  return [
    `${count} to no wave; nothing was written:`,
    ...lines,
    `Map their organizational units in ${file}; the first entry that matches decides:`,
    "  accountImport:",
    "    waves:",
    `      - ${entry.trimEnd().replaceAll("\n", "\n        ")}`,
    `or for this time with --ou-wave '/PATH/**=${wave}', or all of them with --wave ${wave}.`,
    "Accounts that are not to be protected go into accountImport.exclude, or --exclude ID.",
  ].join("\n");
}
