import path from "node:path";
import type { Backend } from "./backend";
import type { CheckedFile } from "./schema";
import { mergeTrust } from "./trust";

type AccountEntry = CheckedFile["accounts"][number];

/** A target account with all of its settings, and with the organization's trust added to its own. */
export type Account = Omit<AccountEntry, "trust"> &
  CheckedFile["defaults"] & { readonly trust: ReturnType<typeof mergeTrust> };

export type ManagementAccount = NonNullable<CheckedFile["managementAccount"]>;

/** The configuration that the stacks are built from. Accounts are in the order of the file. */
export type Rollout = Omit<CheckedFile, "accounts" | "defaults" | "trust"> & {
  readonly accounts: readonly Account[];
  /**
   * Role that `plan --role` assumes in every account instead of the deployment roles. It is only a setting of
   * the provider and in no resource, so that such a plan shows the same changes.
   */
  readonly assumedRole?: string;
  /** Lines for the operator about what is allowed and dangerous, each with its place in the file. */
  readonly warnings: readonly string[];
};

/**
 * Gives every account the settings and the trust that hold for all.
 *
 * @param directory Folder of the file; paths in it are relative to this.
 */
export function resolveRollout(file: CheckedFile, directory: string): Omit<Rollout, "warnings"> {
  const { accounts, defaults, trust, ...organization } = file;
  return {
    ...organization,
    backend: resolveBackend(file.backend, directory),
    accounts: accounts.map((account) => ({
      ...defaults,
      ...account,
      trust: mergeTrust(trust, account.trust),
    })),
  };
}

function resolveBackend(backend: Backend, directory: string): Backend {
  return backend.type === "local"
    ? { ...backend, directory: path.resolve(directory, backend.directory) }
    : backend;
}
