import { escapeControlCharacters } from "../escape-control-characters";
import type { UnmappedAccount } from "./import-plan";
import { mappingYaml } from "./mapping-yaml";

/** Which accounts have no wave, and how to give them one. */
export function unmappedMessage(
  file: string,
  accounts: readonly UnmappedAccount[],
  waves: readonly string[],
): string {
  const count = accounts.length === 1 ? "1 account matches" : `${accounts.length} accounts match`;
  const lines = accounts.map(({ id, ouPath, organizationName }) =>
    escapeControlCharacters(`  ${id}  ${ouPath}  ${organizationName}`),
  );
  const wave = waves.at(-1) ?? "production";
  const unit = accounts.at(-1)?.ouPath ?? "/";
  // The name of the unit goes only into YAML: in a shell command it could do harm.
  const ou = unit === "/" ? "/**" : `${unit}/**`;
  return [
    `${count} no wave; nothing was written:`,
    ...lines,
    `Map their organizational units in ${file}; the first entry that matches decides:`,
    ...mappingYaml([{ ou, wave }]),
    `Or use --ou-wave '/PATH/**=${wave}' for this import only, or --wave ${wave} for all of them.`,
    "To leave an account unprotected, add it to accountImport.exclude, or use --exclude ID.",
  ].join("\n");
}
