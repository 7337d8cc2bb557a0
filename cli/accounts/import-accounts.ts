import path from "node:path";
import { parseRollout, type RolloutText } from "../../stacks/config/load";
import { DEFAULT_SECURITY_ACCOUNT_NAME, type RolloutFile } from "../../stacks/config/schema";
import { CommandError, UsageError } from "../errors";
import { checkOrganization, findMissed, listAccounts } from "../organizations/list-accounts";
import type { OrganizationsApi, PlacedAccount } from "../organizations/organization";
import { compare } from "./compare";
import { editFile } from "./edit-file";
import type { ImportPlan } from "./import-plan";
import { importSettings, type ImportOptions } from "./import-settings";
import { unmappedMessage } from "./unmapped-message";

/** An import before it is written. */
export interface PreparedImport {
  readonly plan: ImportPlan;
  /** The configuration with the import in it, checked. The same text when nothing is added or moved. */
  readonly text: string;
}

/**
 * Computes the result of an import. Writes nothing.
 *
 * @param configuration The result of `parseUnfilled`.
 * @throws CommandError for another organization than that of the file, and for accounts without a wave.
 */
export async function prepareImport(
  source: RolloutText,
  configuration: RolloutFile,
  options: ImportOptions,
  api: OrganizationsApi,
): Promise<PreparedImport> {
  const { accounts: fileAccounts, accountImport, securityAccount, waves } = configuration;
  const settings = importSettings(accountImport, options, waves);
  const { id, managementAccountId } = await api.describe();
  checkOrganization(source.name, configuration.organizationId, id);

  const organizationAccounts = await listAccounts(api);
  const seen = new Set(organizationAccounts.map((account) => account.id));
  checkIncluded(options.include ?? [], organizationAccounts, securityAccount.id);
  const missing = fileAccounts.filter((account) => !seen.has(account.id));
  const missedAccounts = await findMissed(
    api,
    missing.map((account) => account.id),
  );

  const plan = compare({
    fileAccounts,
    securityAccount: { name: DEFAULT_SECURITY_ACCOUNT_NAME, ...securityAccount },
    managementAccountId,
    organizationAccounts,
    missedAccounts,
    settings,
  });
  if (plan.unmapped.length > 0) {
    throw new CommandError(unmappedMessage(source.name, plan.unmapped, waves));
  }
  return { plan, text: editedText(source, plan) };
}

function editedText({ name, file, text }: RolloutText, { added, moved }: ImportPlan): string {
  if (added.length + moved.length === 0) {
    return text;
  }
  const newWaves = new Map(moved.map((account) => [account.id, account.mappedWave]));
  const edited = editFile(name, text, { added, waves: newWaves });
  parseRollout(name, edited, path.dirname(file));
  return edited;
}

function checkIncluded(ids: readonly string[], accounts: readonly PlacedAccount[], securityId: string): void {
  for (const id of ids) {
    if (id === securityId) {
      throw new UsageError(`--include ${id}: the security account receives the events and is not a target`);
    }
    if (!accounts.some((account) => account.id === id)) {
      throw new UsageError(`--include ${id}: expected the id of an account in the organization`);
    }
  }
}
