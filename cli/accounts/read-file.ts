import path from "node:path";
import { ConfigError } from "../../stacks/config/errors";
import { parseRollout, type RolloutText } from "../../stacks/config/load";
import { readYaml } from "../../stacks/config/read-yaml";
import type { RolloutFile } from "../../stacks/config/schema";

/**
 * Reads and checks the configuration as written. Its list of accounts may be missing or empty: an import can
 * fill it.
 *
 * @throws ConfigError with every other mistake.
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
