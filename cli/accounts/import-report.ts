import Table from "cli-table3";
import { escapeControlCharacters } from "../escape-control-characters";
import type { Colors } from "../shell";
import { SECURITY_ACCOUNT, type ImportPlan, type LeftOutAccount, type WaveMapping } from "./import-plan";
import { mappingYaml } from "./mapping-yaml";

/** What an import reports. */
export interface ImportReport {
  /** The file, as the operator named it. */
  readonly file: string;
  readonly plan: ImportPlan;
  /** False with `--check`: nothing is written. */
  readonly writes: boolean;
}

/** The report for a person. */
export function reportText({ file, plan, writes }: ImportReport, { green, yellow }: Colors): string {
  const { added, moved, elsewhere, gone, leftOut, mappingToKeep } = plan;
  const will = writes ? "" : "to be ";
  const parts = [
    section(
      green(`${accounts(added)} ${will}added to ${file}`),
      added.map(({ name, id, wave, ouPath, organizationName }) => [name, id, wave, ouPath, organizationName]),
    ),
    section(
      green(`${accounts(moved)} ${will}moved to another wave`),
      moved.map(({ name, id, wave, mappedWave, ouPath }) => [name, id, `${wave} -> ${mappedWave}`, ouPath]),
    ),
    section(
      yellow(`${accounts(gone)} gone, but still in ${file}`),
      gone.map(({ name, id, wave, reason }) => [name, id, wave, reason]),
      `They stay in ${file} until you retire them: quarantine retire NAME (docs/runbook.md).`,
    ),
    section(
      `${accounts(elsewhere)} in another wave than the mapping says; --move moves them`,
      elsewhere.map(({ name, id, wave, mappedWave, ouPath }) => [
        name,
        id,
        `${wave}, mapped to ${mappedWave}`,
        ouPath,
      ]),
    ),
  ].filter((part) => part !== "");
  const nothing = `${file} is up to date with the organization.`;
  const left = leftOutLine(leftOut);
  return [
    ...(parts.length === 0 ? [nothing] : parts),
    ...(left === "" ? [] : [left]),
    ...(mappingToKeep === undefined ? [] : keepMapping(file, mappingToKeep)),
  ].join("\n");
}

/** The report as JSON. */
export function reportJson({ file, plan, writes }: ImportReport): object {
  const { added, moved, elsewhere, gone, leftOut } = plan;
  const written = writes && added.length + moved.length > 0;
  return { file, written, added, moved, elsewhere, gone, leftOut };
}

/** Without it, the next import, or `--check` in CI, would find no wave for a new account. */
function keepMapping(file: string, mapping: WaveMapping): string[] {
  return [`For later imports and --check, write this mapping into ${file}:`, ...mappingYaml(mapping)];
}

function accounts(list: readonly unknown[]): string {
  return list.length === 1 ? "1 account" : `${list.length} accounts`;
}

/** A heading, rows in columns, and what to do about them; empty without rows. */
function section(heading: string, rows: readonly string[][], advice?: string): string {
  if (rows.length === 0) {
    return "";
  }
  return [heading, columns(rows), ...(advice === undefined ? [] : [advice])].join("\n");
}

/** Columns without borders. */
function columns(rows: readonly string[][]): string {
  const style = { "padding-left": 2, "padding-right": 0, head: [], border: [], compact: true };
  const table = new Table({ chars: NO_BORDERS, style });
  table.push(...rows.map((row) => row.map(escapeControlCharacters)));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

const NO_BORDERS = Object.fromEntries(
  ["top", "bottom", "left", "right", "mid", "middle"]
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .map((name) => [name, ""]),
);

/** How many accounts are left out, and why. */
function leftOutLine(leftOut: readonly LeftOutAccount[]): string {
  // The security account is never a target, so it needs no mention.
  const reasons = [...new Set(leftOut.map(({ reason }) => reason))].filter(
    (reason) => reason !== SECURITY_ACCOUNT,
  );
  const counts = reasons.map(
    (reason) => `${leftOut.filter((account) => account.reason === reason).length} ${reason}`,
  );
  return counts.length === 0
    ? ""
    : `Left out: ${counts.join(", ")} (--json lists them; --include ID imports one).`;
}
