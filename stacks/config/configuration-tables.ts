import { rolloutJsonSchema, type JsonSchema } from "./json-schema";

/** Where the tables are, relative to the project's folder. */
export const CONFIGURATION_DOCUMENT = "docs/configuration.md";

/** One key of the configuration, as a row shows it. */
interface Row {
  /** Path from the top of the file, such as `accounts[].id`. */
  readonly key: string;
  readonly meaning: string;
  readonly default: string;
}

/**
 * The text of `CONFIGURATION_DOCUMENT` with new tables of the configuration's keys. Each table stands between
 * the comments `<!-- NAME: written by npm run schema -->` and `<!-- end of NAME -->`.
 *
 * @throws Error when the document has no place for a table.
 */
export function withConfigurationTables(document: string): string {
  return Object.entries(tables()).reduce(
    (text, [name, rows]) => replaceTable(text, name, formatTable(rows)),
    document,
  );
}

/** Tables by name. */
function tables(): Record<string, Row[]> {
  const rows = rowsOf(rolloutJsonSchema());
  const settings = rows
    .filter(({ key }) => key.startsWith("defaults."))
    .map((row): Row => ({ ...row, key: row.key.slice("defaults.".length) }));
  const perAccount = ["trust", ...settings.map(({ key }) => key)];
  const elsewhere = ["defaults.", "trust.", ...perAccount.map((key) => `accounts[].${key}`)];
  return {
    organization: rows.filter(({ key }) => !elsewhere.some((beginning) => key.startsWith(beginning))),
    settings,
    trust: rows.filter(({ key }) => key.startsWith("trust.")),
  };
}

/** The keys of an object and, below each, its own keys. The `type` of a backend leads its keys. */
function rowsOf({ properties = {}, required = [] }: JsonSchema, prefix = "", condition = ""): Row[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    if (schema.description === undefined) {
      return [];
    }
    const key = `${prefix}${name}`;
    const row: Row = {
      key,
      meaning: `${condition}${schema.description}`,
      default: required.includes(name) ? "required" : formatDefault(schema.default),
    };
    return [row, ...rowsBelow(schema, key, condition)];
  });
}

function rowsBelow(schema: JsonSchema, key: string, condition: string): Row[] {
  if (schema.items !== undefined) {
    return rowsOf(schema.items, `${key}[].`, condition);
  }
  const kinds = (schema.oneOf ?? []).flatMap((kind) =>
    rowsOf(kind, `${key}.`, `\`${String(kind.properties?.["type"]?.const)}\`: `),
  );
  return [...rowsOf(schema, `${key}.`, condition), ...kinds];
}

/** A default as YAML has it. */
function formatDefault(value: unknown): string {
  if (typeof value !== "object" || value === null) {
    return value === undefined ? "none" : `\`${yamlOf(value)}\``;
  }
  const entries = Object.entries(value).map(([key, item]) =>
    Array.isArray(value) ? `\`${yamlOf(item)}\`` : `\`${key}: ${yamlOf(item)}\``,
  );
  return entries.length === 0 ? "none" : entries.join(", ");
}

function yamlOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A table in Markdown, with the columns aligned as prettier aligns them. */
function formatTable(rows: readonly Row[]): string {
  const cells = [
    ["key", "meaning", "default"],
    ...rows.map((row) => [`\`${row.key}\``, linkDocuments(row.meaning), row.default]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const [head = [], ...body] = cells.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)),
  );
  return [head, widths.map((width) => "-".repeat(width)), ...body]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}

/** Descriptions name a document by its path, since editors show them as they are; it is beside the tables. */
function linkDocuments(text: string): string {
  return text.replace(/docs\/([\w/-]+\.md)/g, "[$1]($1)");
}

function replaceTable(text: string, name: string, table: string): string {
  const [begin, end] = [`<!-- ${name}: written by npm run schema -->`, `<!-- end of ${name} -->`];
  const [before, rest] = split(text, begin);
  const [, after] = split(rest, end);
  return `${before}${begin}\n\n${table}\n\n${end}${after}`;
}

function split(text: string, marker: string): [before: string, after: string] {
  const at = text.indexOf(marker);
  if (at < 0) {
    throw new Error(`${CONFIGURATION_DOCUMENT}: expected the comment ${marker}, found none`);
  }
  return [text.slice(0, at), text.slice(at + marker.length)];
}
