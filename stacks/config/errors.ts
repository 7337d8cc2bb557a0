import type { KeyPath } from "./key-path";

/** One mistake in the configuration: where, what was expected, what was found. */
export interface ConfigProblem {
  /** Path in the file, such as `accounts[2].id`; empty for the file as a whole. */
  readonly path: string;
  /** 1-based line and column in the file, when the place exists in it. */
  readonly position?: { readonly line: number; readonly column: number };
  readonly expected: string;
  readonly found: string;
  /** What to do about it, when that is not plain from the rest. */
  readonly hint?: string;
}

/** A mistake before its position in the file is known. */
export type PathProblem = Omit<ConfigProblem, "path" | "position"> & { readonly path: KeyPath };

/** The configuration cannot be used. Reports every mistake at once. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  /**
   * @param file The file as the operator named it.
   * @param problems Every mistake, in the order of the file.
   */
  constructor(
    readonly file: string,
    readonly problems: readonly ConfigProblem[],
    options?: ErrorOptions,
  ) {
    const count = problems.length === 1 ? "1 mistake" : `${problems.length} mistakes`;
    super([`${file}: ${count}`, ...problems.map((problem) => describe(file, problem))].join("\n"), options);
  }
}

/** `rollout.yaml:12:7`; the file alone for what has no place in it. */
export function placeIn(file: string, position: ConfigProblem["position"]): string {
  return position === undefined ? file : `${file}:${position.line}:${position.column}`;
}

function describe(file: string, { path, position, expected, found, hint }: ConfigProblem): string {
  const place = placeIn(file, position);
  const subject = path === "" ? "" : ` ${path}:`;
  return `  ${place}${subject} expected ${expected}; found ${found}${hint === undefined ? "" : ` (${hint})`}`;
}
