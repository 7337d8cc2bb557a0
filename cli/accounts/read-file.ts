import path from "node:path";
import { ConfigError } from "../../stacks/config/errors";
import { parseRollout, type RolloutText } from "../../stacks/config/load";
import { readYaml } from "../../stacks/config/read-yaml";
import type { RolloutFile } from "../../stacks/config/schema";

/**
 * The configuration as it is written, checked. Its list of accounts may still be missing or empty: an import
 * is a way to fill it.
 *
 * @throws {ConfigError} With every other mistake.
 */
export function readFileForImport({ name, file, text }: RolloutText): RolloutFile {
  const value = readYaml(name, text).value as Partial<RolloutFile> | null;
  const isEmpty = !value?.accounts || value.accounts.length === 0;
  try {
    parseRollout(name, text, path.dirname(file));
  } catch (error) {
    const isOnlyEmpty =
      isEmpty &&
      error instanceof ConfigError &&
      error.problems.every((problem) => problem.path === "accounts");
    if (!isOnlyEmpty) {
      throw error;
    }
  }
  return { ...(value as RolloutFile), accounts: value?.accounts ?? [] };
}
