import { at, listAt, render } from "./key-path";
import type { PathProblem } from "./schema-problems";

/** Entries of the account import that lead to a wave that does not exist. */
export function accountImportProblems(raw: unknown): PathProblem[] {
  const waves = listAt(raw, ["waves"]);
  return listAt(raw, ["accountImport", "waves"])
    .map((_, index) => at(raw, ["accountImport", "waves", index, "wave"]))
    .filter(({ value }) => typeof value === "string" && !waves.includes(value))
    .map(({ value, path }) => ({
      path,
      expected: `one of the waves ${waves.join(", ")}`,
      found: render(value),
    }));
}
