import type { OutcomeStatus } from "../../contract";
import type { Tampering } from "../event/tampering";
import type { Report } from "./incident";
import type { UserState } from "./user-state";

/** What was done about one user, before it is put into words. */
export interface ContainmentResult extends Report {
  readonly status: OutcomeStatus;
  readonly method: string;
  /** ISO 8601, UTC; empty when the user was not contained. */
  readonly containedAt: string;
  /** Undefined when nothing was looked at. */
  readonly userState?: UserState;
  /** The name the user has now; undefined when it was not looked up. */
  readonly user?: { readonly userName: string; readonly userArn: string };
  /** Another delivery of the same event claims the alert, or somebody wrote a tag that says so. */
  readonly answeredElsewhere?: boolean;
  /** Of a user who vanished: whether its id was looked up, and whether IAM may yet show it. */
  readonly gone?: { readonly isLookedUp: boolean; readonly mayAppear: boolean };
  /** What may have undone the quarantine, or the call that released the user. */
  readonly undoing?: Undoing;
  /** What this is alerted as: within an hour, the same name is alerted once. @default - always alerted */
  readonly alertedAs?: string;
  /** It was alerted under that name before. */
  readonly isRepeated?: boolean;
  /** What the mode `enforce` would have done, in words; of a user who was only observed. */
  readonly wouldDo?: readonly string[];
  /** Why the user was left alone after all, when it was. */
  readonly ignored?: { readonly rule: string; readonly reason: string };
}

/** Who may have undone a quarantine, by which call of IAM. */
export interface Undoer {
  readonly by: string;
  readonly call: string;
}

/** Either the call that may have undone a quarantine, or what a look found, which may know of no call. */
export type Undoing = { readonly isUndone: boolean } & (
  (Undoer & { readonly found?: undefined }) | (Partial<Undoer> & { readonly found: FoundGap })
);

/**
 * What a look at a quarantined user found: the sweep a gap, or a release that has ended; the hold a
 * credential that the response has not taken.
 */
export type FoundGap = "gap" | "release-ended" | "late-credential";

const UNTOUCHED = { method: "none", containedAt: "", done: [], failed: [] } as const;

/** A user that nothing was done to. */
export function untouched(
  parts: Pick<ContainmentResult, "status"> & Partial<ContainmentResult>,
): ContainmentResult {
  return { ...UNTOUCHED, ...parts };
}

/** A user that nothing had to be done to. */
export function leftAlone(rule: string, reason: string): ContainmentResult {
  return untouched({ status: "IGNORED", ignored: { rule, reason } });
}

/** The call that is answered, and whether it took a quarantine off. */
export function undoingOf({ caller, call }: Tampering, isUndone: boolean): Undoing {
  return { by: caller.label, call, isUndone };
}

/** Whether the quarantine policy of the account does not deny everything any more. */
export function isTampered({ userState }: ContainmentResult): boolean {
  return userState?.policyDenies === false;
}
