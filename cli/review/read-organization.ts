import type { Rollout } from "../../stacks/config/rollout";
import { importSettings } from "../accounts/import-settings";
import { checkOrganization, findMissed, listOrganization } from "../organizations/list-accounts";
import type { OrganizationsApi } from "../organizations/organization";
import { stackTargets } from "../stack-target";

/** An active account that `rollout.yaml` does not list. */
export interface UncoveredAccount {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  /** Why nobody covers it; undefined where the configuration leaves it out on purpose. */
  readonly problem: string | undefined;
}

/** What AWS Organizations says beside the configuration. */
export interface OrganizationReading {
  /** By unit and name. */
  readonly uncovered: readonly UncoveredAccount[];
  /** Why a configured account is no active one, by its id. */
  readonly left: ReadonlyMap<string, string>;
  /** Paths of the organizational units of the accounts, by account id. */
  readonly units: ReadonlyMap<string, string>;
  /** Paths of the organizational units, by their ids. */
  readonly unitPaths: ReadonlyMap<string, string>;
}

type Configured = Pick<
  Rollout,
  | "organizationId"
  | "securityAccount"
  | "waves"
  | "accounts"
  | "guard"
  | "managementAccount"
  | "accountImport"
>;

/**
 * Compares the configuration with the accounts of the organization.
 *
 * @param file Name of the configuration's file.
 * @throws CommandError for another organization than that of the file.
 */
export async function readOrganization(
  rollout: Configured,
  file: string,
  api: OrganizationsApi,
): Promise<OrganizationReading> {
  const { id, managementAccountId } = await api.describe();
  checkOrganization(file, rollout.organizationId, id);
  const { accounts, unitPaths } = await listOrganization(api);
  const configured = new Set(stackTargets(rollout as Rollout).map(({ accountId }) => accountId));
  const listed = new Set(accounts.map((account) => account.id));
  const missed = await findMissed(
    api,
    [...configured].filter((each) => !listed.has(each)),
  );
  const states = new Map([...accounts, ...missed].map((account) => [account.id, account.state]));
  const settings = importSettings(rollout.accountImport, {}, rollout.waves);
  return {
    uncovered: accounts
      .filter((account) => account.state === ACTIVE && !configured.has(account.id))
      .map((account) => ({
        id: account.id,
        name: account.name,
        unit: account.ouPath,
        problem: settings.isExcluded(account.id, account.ouPath)
          ? undefined
          : account.id === managementAccountId
            ? "It is the organization's management account, and nothing answers in it."
            : "rollout.yaml does not list it.",
      }))
      .sort((a, b) => (`${a.unit}\n${a.name}` < `${b.unit}\n${b.name}` ? -1 : 1)),
    left: new Map(
      [...configured]
        .filter((each) => states.get(each) !== ACTIVE)
        .map((each) => [each, leftBecause(states.get(each))]),
    ),
    units: new Map(accounts.map((account) => [account.id, account.ouPath])),
    unitPaths,
  };
}

const ACTIVE = "ACTIVE";

function leftBecause(state: string | undefined): string {
  return state === undefined
    ? "It is not in the organization."
    : `It is ${state.toLowerCase().replaceAll("_", " ")} in the organization.`;
}
