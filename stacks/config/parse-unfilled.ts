import path from "node:path";
import { ConfigError } from "./errors";
import { parseRollout, type RolloutText } from "./load";
import { readYaml } from "./read-yaml";
import type { RolloutFile } from "./schema";

/**
 * Checks the configuration, and returns it as written. Its list of accounts may be missing or empty, which is
 * no mistake here: an import fills it.
 *
 * @throws ConfigError with every other mistake.
 */
export function parseUnfilled({ name, file, text }: RolloutText): RolloutFile {
  const value = readYaml(name, text).value as Partial<RolloutFile> | null;
  const isEmpty = !value?.accounts || value.accounts.length === 0;
  try {
    parseRollout(name, text, path.dirname(file));
  } catch (error) {
    if (!isEmpty || !(error instanceof ConfigError)) {
      throw error;
    }
    const others = error.problems.filter((problem) => problem.path !== "accounts");
    if (others.length > 0) {
      throw new ConfigError(error.file, others);
    }
  }
  return { ...(value as RolloutFile), accounts: value?.accounts ?? [] };
}
