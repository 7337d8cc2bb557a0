import { runConcurrently } from "../../functions/shared/run-concurrently";
import { CommandError } from "../errors";
import type { OrganizationAccount, OrganizationsApi, PlacedAccount } from "./organization";

/** Concurrent calls: enough to hide latency, few enough that Organizations rarely throttles them. */
const CALLS_AT_ONCE = 4;

interface Parent {
  readonly id: string;
  readonly path: string;
}

/** The accounts of an organization, and its organizational units. */
export interface Organization {
  readonly accounts: readonly PlacedAccount[];
  /** Paths of the units, such as `/Workloads/Prod`, by their ids. */
  readonly unitPaths: ReadonlyMap<string, string>;
}

/** Every account of the organization with its organizational unit. */
export async function listAccounts(api: OrganizationsApi): Promise<readonly PlacedAccount[]> {
  return (await listOrganization(api)).accounts;
}

/** The whole organization, read level by level (AWS allows five). */
export async function listOrganization(api: OrganizationsApi): Promise<Organization> {
  const found = new Map<string, PlacedAccount>();
  const unitPaths = new Map<string, string>();
  let level: readonly Parent[] = [{ id: await api.rootId(), path: "/" }];
  while (level.length > 0) {
    const contents = await runConcurrently(level, CALLS_AT_ONCE, (parent) => contentsOf(api, parent));
    // An account that is moved during the listing can appear twice; the later place is the newer one.
    for (const account of contents.flatMap(({ accounts }) => accounts)) {
      found.set(account.id, account);
    }
    level = contents.flatMap(({ units }) => units);
    level.forEach(({ id, path }) => unitPaths.set(id, path));
  }
  return { accounts: [...found.values()], unitPaths };
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
 * A `/` in the name of a unit must not look like a separator: `Suspended/x` is not in `Suspended`.
 */
function below(path: string, name: string): string {
  return `${path === "/" ? "" : path}/${name.replaceAll("/", "%2F")}`;
}

/**
 * The accounts among `ids` that are in the organization. The listing can miss an account that is moved at
 * that time, and it must not count as gone.
 */
export async function findMissed(
  api: OrganizationsApi,
  ids: readonly string[],
): Promise<OrganizationAccount[]> {
  const answers = await runConcurrently(ids, CALLS_AT_ONCE, (id) => api.account(id));
  return answers.filter((account) => account !== undefined);
}

/**
 * @param name Name of the file that names the organization.
 * @throws CommandError for another organization.
 */
export function checkOrganization(name: string, expected: string, found: string): void {
  if (found !== expected) {
    throw new CommandError(
      `${name} describes the organization ${expected}, but these credentials belong to ${found}. ` +
        `Use credentials of ${expected}, or correct organizationId. Nothing was written.`,
    );
  }
}
