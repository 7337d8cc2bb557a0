import type { AccountImportFile } from "../../stacks/config/account-import";

/** An account in `rollout.yaml`. */
export interface FileAccount {
  readonly name: string;
  /** 12 digits. */
  readonly id: string;
  readonly wave: string;
}

/** An account that is added to `rollout.yaml`. */
export interface AddedAccount extends FileAccount {
  /** Its name in Organizations. */
  readonly organizationName: string;
  readonly ouPath: string;
}

/** An account in `rollout.yaml` whose organizational unit is mapped to another wave. */
export interface AccountElsewhere extends FileAccount {
  readonly ouPath: string;
  readonly mappedWave: string;
}

/** An account in `rollout.yaml` that has left the organization, or is suspended or closed. */
export interface GoneAccount extends FileAccount {
  readonly reason: string;
}

/** An account of the organization that is not imported. */
export interface LeftOutAccount {
  readonly id: string;
  readonly organizationName: string;
  readonly ouPath: string;
  readonly reason: string;
}

/** The reason that `--include` cannot override. */
export const SECURITY_ACCOUNT = "security account";

/** An account that no mapping matches. */
export type UnmappedAccount = Omit<LeftOutAccount, "reason">;

/** A mapping of organizational units to waves, as `accountImport.waves` has it. */
export type WaveMapping = NonNullable<AccountImportFile["waves"]>;

/** What an import would do; each list is in the order of the organizational units. */
export interface ImportPlan {
  readonly added: readonly AddedAccount[];
  /** Moved to the mapped wave, with `--move`. */
  readonly moved: readonly AccountElsewhere[];
  /** Left in their wave. */
  readonly elsewhere: readonly AccountElsewhere[];
  readonly gone: readonly GoneAccount[];
  readonly leftOut: readonly LeftOutAccount[];
  readonly unmapped: readonly UnmappedAccount[];
  /** The mapping of this import, if the options contain a part that `rollout.yaml` does not have. */
  readonly mappingToKeep: WaveMapping | undefined;
}

/** Whether `rollout.yaml` and the organization differ in anything that an import handles. */
export function hasChanges({ added, moved, gone }: ImportPlan): boolean {
  return added.length + moved.length + gone.length > 0;
}
