import { parseDocument } from "yaml";
import type { RolloutText } from "../../stacks/config/load";
import { parseUnfilled } from "../../stacks/config/parse-unfilled";
import type { RolloutFile } from "../../stacks/config/schema";
import { LabError } from "../shared/errors";
import { ACCESS_ROLE, LAB_ORGANIZATION, type LabAccount } from "./accounts";
import { PROVIDER_VERSIONS } from "./rollout-yaml";

/** An organization in which a `rollout.yaml` can be practised. */
export interface Practice {
  readonly organization: {
    readonly organizationId: string;
    readonly managementAccount: LabAccount;
    readonly securityAccount: LabAccount;
    readonly memberAccounts: readonly LabAccount[];
  };
  /** Roles of Terraform that the lab has to make: name, with its path, by account id. */
  readonly deploymentRoles: ReadonlyMap<string, string>;
  /** Roles, with their path, that the file expects in every account but the management account. */
  readonly breakGlassRoles: readonly string[];
  /** The file with what this machine needs. */
  readonly rolloutYaml: string;
  /** What is otherwise in `rolloutYaml` than in the file, a sentence each. */
  readonly differences: readonly string[];
}

/** Ids of accounts that the file does not have. AWS's documentation uses them: no real account has them. */
const SPARE_IDS = ["999988887777", "123456789012", "555566667777", "888877776666"];
const FIRST_NEW_ID = 100_000_000_001;

/**
 * Makes the accounts of a `rollout.yaml`. A file without accounts gets one for each wave, for
 * `accounts import` to find, in the organizational unit that `accountImport` maps to the wave.
 *
 * @throws ConfigError with every mistake in the file; LabError for another partition.
 */
export function practiceOf(source: RolloutText): Practice {
  const file = parseUnfilled(source);
  if (file.partition !== undefined && file.partition !== "aws") {
    throw new LabError(
      `${source.name}: the lab emulates the partition aws, and this file is for ${file.partition}`,
    );
  }
  const { organizationId, securityAccount, accounts, guard } = file;
  const known = accounts.length > 0 ? accounts : newAccounts(file);
  const memberAccounts = known.map(({ name, id, wave }) => ({ name, id, ...unitOf(file, wave) }));
  const taken = new Set([securityAccount.id, ...memberAccounts.map(({ id }) => id)]);
  const spare = SPARE_IDS.find((id) => !taken.has(id)) ?? LAB_ORGANIZATION.managementAccount.id;
  const managementAccount = { name: "management", id: spare, ...file.managementAccount };
  const { text, differences } = forThisMachine(source.text, file);
  return {
    organization: {
      organizationId,
      managementAccount: { name: managementAccount.name, id: managementAccount.id },
      securityAccount: { name: securityAccount.name ?? "security", id: securityAccount.id },
      memberAccounts,
    },
    deploymentRoles: deploymentRoles(file, [...taken], managementAccount),
    breakGlassRoles: guard?.breakGlassRoles ?? [],
    rolloutYaml: text,
    differences,
  };
}

function newAccounts({ waves, securityAccount }: RolloutFile): RolloutFile["accounts"] {
  return waves.map((wave, index) => {
    const id = String(FIRST_NEW_ID + index);
    return {
      name: `${wave}-1`,
      id: id === securityAccount.id ? String(FIRST_NEW_ID + waves.length) : id,
      wave,
    };
  });
}

/** The unit that the mapping gives the wave, where the mapping names one. */
function unitOf({ accountImport }: RolloutFile, wave: string): { unit?: string } {
  const mapped = accountImport?.waves?.find((entry) => entry.wave === wave)?.ou;
  const unit = mapped?.replace(/\/\*\*$/, "").replaceAll("%2F", "/") ?? "";
  return unit === "" || unit === "/" || unit.includes("*") ? {} : { unit };
}

/** Organizations makes OrganizationAccountAccessRole; a role of another name is the operator's. */
function deploymentRoles(
  { deploymentRole = ACCESS_ROLE }: RolloutFile,
  accountIds: readonly string[],
  management: { readonly id: string; readonly deploymentRole?: string },
): Map<string, string> {
  const roles = new Map(accountIds.map((id) => [id, deploymentRole]));
  if (management.deploymentRole !== undefined) {
    roles.set(management.id, management.deploymentRole);
  }
  return new Map([...roles].filter(([, role]) => role !== ACCESS_ROLE));
}

/** The text with the versions of the provider that the lab accepts, and with its state beside it. */
function forThisMachine(text: string, file: RolloutFile): { text: string; differences: string[] } {
  const document = parseDocument(text);
  document.set("providerVersion", PROVIDER_VERSIONS);
  const differences = [`providerVersion is "${PROVIDER_VERSIONS}": any that this machine has`];
  if (file.backend !== undefined) {
    document.delete("backend");
    differences.push("backend is local, and the state is in this folder");
  }
  if (file.guard?.organizationalUnits !== undefined) {
    document.deleteIn(["guard", "organizationalUnits"]);
    differences.push("guard.organizationalUnits is gone: the lab has no units of these ids");
  }
  return { text: document.toString({ lineWidth: 0 }), differences };
}
