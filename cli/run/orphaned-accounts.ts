import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Rollout } from "../../stacks/config/rollout";
import { ErroredStates } from "../../stacks/state/errored-states";
import { WORK_FOLDER } from "../../stacks/synthesis/synthesize-rollout";
import type { Shell } from "../shell";
import { stackTargets } from "../stack-target";
import { KEPT_TYPES } from "../terraform/plan";

/**
 * Accounts that have resources, more than a retirement keeps, in a state file of the `local` backend but are
 * no longer in the configuration. No run changes them: the operator has to retire them, or add them again.
 */
export function orphanedAccounts(rollout: Rollout): string[] {
  const { backend } = rollout;
  if (backend.type !== "local") {
    return [];
  }
  const known = accountIds(rollout);
  return stateFiles(backend.directory)
    .map((file) => ({ file, id: path.basename(file, ".tfstate") }))
    .filter(({ id, file }) => !known.has(id) && hasResources(path.join(backend.directory, file)))
    .map(({ id }) => id);
}

/** Files of states that were not saved, of accounts that are no longer in the configuration. */
export function unsavedElsewhere({ cwd }: Pick<Shell, "cwd">, rollout: Rollout): string[] {
  const known = accountIds(rollout);
  return new ErroredStates(path.join(cwd, WORK_FOLDER))
    .kept()
    .filter(({ accountId }) => !known.has(accountId))
    .map(({ file }) => file);
}

function accountIds(rollout: Rollout): ReadonlySet<string> {
  return new Set(stackTargets(rollout).map(({ accountId }) => accountId));
}

function stateFiles(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => /^\d{12}\.tfstate$/.test(name));
  } catch {
    // There is no state yet.
    return [];
  }
}

function hasResources(file: string): boolean {
  try {
    const { resources = [] } = JSON.parse(readFileSync(file, "utf8")) as { resources?: { type?: string }[] };
    return resources.some(({ type = "" }) => !KEPT_TYPES.includes(type));
  } catch {
    // A state that cannot be read may contain resources.
    return true;
  }
}
