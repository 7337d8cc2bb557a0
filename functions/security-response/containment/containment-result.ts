import type { OutcomeStatus } from "../../contract";
import type { Tampering } from "../event/tampering";
import type { UserCreation } from "../event/user-creation";
import type { Report } from "./incident";
import type { UserState } from "./user-state";

/** What was done about one user, from which the outcome is made. */
export interface ContainmentResult extends Report {
  readonly status: OutcomeStatus;
  readonly method: string;
  /** ISO 8601, UTC; empty when the user was not contained. */
  readonly containedAt: string;
  /** Undefined when the user was not read. */
  readonly userState?: UserState;
  /** The user's present name; undefined when it was not looked up. */
  readonly user?: Pick<UserCreation, "userName" | "userArn">;
  /** Another delivery of the same event claims the alert, or somebody wrote a tag that says so. */
  readonly answeredElsewhere?: boolean;
  /**
   * For the status `VANISHED`: whether the id was looked up, and whether IAM may still show the user later.
   */
  readonly gone?: { readonly isLookedUp: boolean; readonly mayAppear: boolean };
  /** What may have undone the quarantine, or the call that released the user. */
  readonly undoing?: Undoing;
  /** Key of the alert: within an hour, the same key alerts once. @default - always alerts */
  readonly alertedAs?: string;
  /** There was an alert with that key before. */
  readonly isRepeated?: boolean;
  /** For a user that was only observed: what the mode `enforce` would have done, one step per line. */
  readonly wouldDo?: readonly string[];
  /** Why the user was left alone after all, when it was. */
  readonly ignored?: { readonly rule: string; readonly reason: string };
}

/** Who may have undone a quarantine, and by which IAM call. */
export interface Undoer {
  readonly by: string;
  readonly call: string;
}

/** The call that may have undone a quarantine, or what a check found, for which the call may not be known. */
export type Undoing = { readonly isUndone: boolean } & (
  (Undoer & { readonly found?: undefined }) | (Partial<Undoer> & { readonly found: FoundGap })
);

/**
 * What a check of a quarantined user found. The sweep finds a gap, or a release that has ended; the hold
 * finds a credential that was created after the response.
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

/** The call that caused the response, and whether it undid a quarantine. */
export function undoingOf({ caller, call }: Tampering, isUndone: boolean): Undoing {
  return { by: caller.label, call, isUndone };
}

/** Whether the quarantine policy of the account does not deny everything any more. */
export function isTampered({ userState }: ContainmentResult): boolean {
  return userState?.policyDenies === false;
}
