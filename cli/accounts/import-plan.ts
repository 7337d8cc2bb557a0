/** An account as `rollout.yaml` has it. */
export interface FileAccount {
  readonly name: string;
  /** 12 digits. */
  readonly id: string;
  readonly wave: string;
}

/** An account that comes into `rollout.yaml`. */
export interface AddedAccount extends FileAccount {
  /** Its name in Organizations. */
  readonly organizationName: string;
  readonly ouPath: string;
}

/** An account of `rollout.yaml` whose organizational unit leads to another wave than the one it is in. */
export interface AccountElsewhere extends FileAccount {
  readonly ouPath: string;
  readonly mappedWave: string;
}

/** An account of `rollout.yaml` that is no longer of use. */
export interface GoneAccount extends FileAccount {
  readonly reason: string;
}

/** An account of the organization that stays out of `rollout.yaml`. */
export interface LeftOutAccount {
  readonly id: string;
  readonly organizationName: string;
  readonly ouPath: string;
  readonly reason: string;
}

/** The reason that cannot be overruled. */
export const SECURITY_ACCOUNT = "security account";

/** An account that no mapping leads to a wave. */
export type UnmappedAccount = Omit<LeftOutAccount, "reason">;

/** What an import would do, each list in the order of the organizational units. */
export interface ImportPlan {
  readonly added: readonly AddedAccount[];
  /** Given the mapped wave, when that was asked for. */
  readonly moved: readonly AccountElsewhere[];
  /** Left in their wave. */
  readonly elsewhere: readonly AccountElsewhere[];
  readonly gone: readonly GoneAccount[];
  readonly leftOut: readonly LeftOutAccount[];
  readonly unmapped: readonly UnmappedAccount[];
}

/** Whether `rollout.yaml` and the organization differ in what an import looks after. */
export function hasChanges({ added, moved, gone }: ImportPlan): boolean {
  return added.length + moved.length + gone.length > 0;
}
