import { runConcurrently } from "../../functions/shared/run-concurrently";
import type { OrganizationAccount, OrganizationsApi, PlacedAccount } from "./organization";

/** Calls at once: enough to hide the latency, few enough that Organizations rarely throttles them. */
const CALLS_AT_ONCE = 4;

interface Parent {
  readonly id: string;
  readonly path: string;
}

/**
 * Every account of the organization with its place, by walking the units level by level (AWS allows five).
 */
export async function listAccounts(api: OrganizationsApi): Promise<PlacedAccount[]> {
  const found = new Map<string, PlacedAccount>();
  let level: readonly Parent[] = [{ id: await api.rootId(), path: "/" }];
  while (level.length > 0) {
    const contents = await runConcurrently(level, CALLS_AT_ONCE, (parent) => contentsOf(api, parent));
    // An account that is moved meanwhile can appear twice; the later place is the newer one.
    for (const account of contents.flatMap(({ accounts }) => accounts)) {
      found.set(account.id, account);
    }
    level = contents.flatMap(({ units }) => units);
  }
  return [...found.values()];
}

async function contentsOf(
  api: OrganizationsApi,
  { id, path }: Parent,
): Promise<{ accounts: PlacedAccount[]; units: Parent[] }> {
  const accounts = await api.accountsIn(id);
  const units = await api.unitsIn(id);
  return {
    accounts: accounts.map((account) => ({ ...account, ouPath: path })),
    units: units.map((unit) => ({ id: unit.id, path: below(path, unit.name) })),
  };
}

/**
 * A `/` in a unit's own name must not pass for the border of two units: `Suspended/x` is not in `Suspended`.
 */
function below(path: string, name: string): string {
  return `${path === "/" ? "" : path}/${name.replaceAll("/", "%2F")}`;
}

/**
 * The accounts among `ids` that are in the organization after all. One that is moved while the units are
 * walked can be missed there, and must not pass for gone.
 */
export async function findMissed(
  api: OrganizationsApi,
  ids: readonly string[],
): Promise<OrganizationAccount[]> {
  const answers = await runConcurrently(ids, CALLS_AT_ONCE, (id) => api.account(id));
  return answers.filter((account) => account !== undefined);
}
