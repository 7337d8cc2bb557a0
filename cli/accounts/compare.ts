import type { OrganizationAccount, PlacedAccount } from "../organizations/organization";
import { accountNames } from "./account-names";
import {
  SECURITY_ACCOUNT,
  type AccountElsewhere,
  type AddedAccount,
  type FileAccount,
  type GoneAccount,
  type ImportPlan,
  type LeftOutAccount,
} from "./import-plan";
import type { ImportSettings } from "./import-settings";

/** What the plan of an import is computed from. */
export interface Compared {
  readonly fileAccounts: readonly FileAccount[];
  readonly securityAccount: { readonly id: string; readonly name: string };
  readonly managementAccountId: string;
  /** All accounts of the organization. */
  readonly organizationAccounts: readonly PlacedAccount[];
  /** Accounts that are in the organization but were missed by the listing. */
  readonly missedAccounts: readonly OrganizationAccount[];
  readonly settings: ImportSettings;
}

/** Compares `rollout.yaml` with the organization. */
export function compare(compared: Compared): ImportPlan {
  const { fileAccounts, organizationAccounts, settings } = compared;
  const known = new Set(fileAccounts.map(({ id }) => id));
  const judged = organizationAccounts
    .filter(({ id }) => !known.has(id))
    .sort(byPlace)
    .map((account) => ({ account, reason: reasonToLeaveOut(compared, account) }));
  const wanted = judged
    .filter(({ reason }) => reason === undefined)
    .map(({ account }) => ({
      account,
      wave: settings.mappedWave(account.ouPath) ?? settings.defaultWave,
    }));
  const gone = goneAccounts(compared);
  const goneIds = new Set(gone.map(({ id }) => id));
  const elsewhere = accountsElsewhere(compared).filter(({ id }) => !goneIds.has(id));
  return {
    added: namedAccounts(compared, wanted),
    moved: settings.move ? elsewhere : [],
    elsewhere: settings.move ? [] : elsewhere,
    gone,
    leftOut: judged.flatMap(({ account, reason }): LeftOutAccount[] =>
      reason === undefined ? [] : [{ ...describe(account), reason }],
    ),
    unmapped: wanted.filter(({ wave }) => wave === undefined).map(({ account }) => describe(account)),
    mappingToKeep: settings.mappingToKeep,
  };
}

function reasonToLeaveOut(compared: Compared, { id, state, ouPath }: PlacedAccount): string | undefined {
  const { securityAccount, managementAccountId, settings } = compared;
  if (id === securityAccount.id) {
    return SECURITY_ACCOUNT;
  }
  if (settings.isIncluded(id)) {
    return undefined;
  }
  if (id === managementAccountId) {
    return "management account";
  }
  if (state !== "ACTIVE") {
    return readable(state);
  }
  return settings.isExcluded(id, ouPath) ? "excluded" : undefined;
}

function namedAccounts(
  { fileAccounts, securityAccount }: Compared,
  wanted: readonly { account: PlacedAccount; wave: string | undefined }[],
): AddedAccount[] {
  const taken = [securityAccount.name, ...fileAccounts.map(({ name }) => name)];
  const names = accountNames(
    wanted.map(({ account }) => account),
    taken,
  );
  return wanted.flatMap(({ account, wave }) =>
    wave === undefined ? [] : [{ ...describe(account), name: names.get(account.id) ?? account.id, wave }],
  );
}

function accountsElsewhere({ fileAccounts, organizationAccounts, settings }: Compared): AccountElsewhere[] {
  const units = new Map(organizationAccounts.map(({ id, ouPath }) => [id, ouPath]));
  return fileAccounts.flatMap((account) => {
    const ouPath = units.get(account.id);
    const mappedWave = ouPath === undefined ? undefined : settings.mappedWave(ouPath);
    return ouPath === undefined || mappedWave === undefined || mappedWave === account.wave
      ? []
      : [{ ...identityOf(account), ouPath, mappedWave }];
  });
}

/** States that an account does not leave without an action of its owner. */
const LOST: ReadonlySet<string> = new Set(["SUSPENDED", "PENDING_CLOSURE", "CLOSED"]);

function goneAccounts(compared: Compared): GoneAccount[] {
  const { fileAccounts, organizationAccounts, missedAccounts, settings } = compared;
  const states = new Map([...organizationAccounts, ...missedAccounts].map(({ id, state }) => [id, state]));
  return fileAccounts.flatMap((account) => {
    const state = states.get(account.id);
    if (state === undefined) {
      return [{ ...identityOf(account), reason: "not in the organization" }];
    }
    const isGone = LOST.has(state) && !settings.isIncluded(account.id);
    return isGone ? [{ ...identityOf(account), reason: readable(state) }] : [];
  });
}

function identityOf({ name, id, wave }: FileAccount): FileAccount {
  return { name, id, wave };
}

function describe({ id, name, ouPath }: PlacedAccount): Omit<LeftOutAccount, "reason"> {
  return { id, organizationName: name, ouPath };
}

/** `pending closure`. */
function readable(state: string): string {
  return state.toLowerCase().replaceAll("_", " ");
}

/** By unit, name and id, compared by code units and not by locale: the order is the same on every machine. */
function byPlace(a: PlacedAccount, b: PlacedAccount): number {
  const keys = (account: PlacedAccount) => [account.ouPath, account.name, account.id];
  const [left, right] = [keys(a), keys(b)];
  const at = left.findIndex((key, index) => key !== right[index]);
  return (left[at] ?? "") < (right[at] ?? "") ? -1 : 1;
}
