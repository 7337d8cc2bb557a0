import { errorText } from "../../shared/aws-error";
import type { Deadline } from "../../shared/deadline";
import type { Dependencies, Invocation } from "../dependencies";
import type { UserCreation } from "../event/user-creation";
import type { Settings } from "../settings";
import { AGES_MS, PHASES_MS } from "./durations";
import { isMissingUser } from "./iam-error";

/** One user to be contained, and what it takes to do so. */
export interface Incident {
  readonly creation: UserCreation;
  readonly reason: string;
  readonly settings: Settings;
  readonly dependencies: Dependencies;
  readonly invocation: Invocation;
  /** For every IAM call: leaves the alert its time. */
  readonly deadline: Deadline;
}

/** What a response achieved and what it did not, for people. */
export interface Report {
  readonly done: readonly string[];
  readonly failed: readonly Failure[];
}

export interface Failure {
  readonly step: string;
  readonly error: string;
  /** IAM knew no user of that name: it was deleted, or renamed. */
  readonly missingUser?: boolean;
}

export function failure(step: string, error: unknown): Failure {
  return { step, error: errorText(error), ...(isMissingUser(error) ? { missingUser: true } : {}) };
}

/** One report of several, in their order, with nothing said twice. */
export function join(...reports: readonly Partial<Report>[]): Report {
  const failed = new Map(
    reports.flatMap((report) => report.failed ?? []).map((fault) => [`${fault.step} ${fault.error}`, fault]),
  );
  return { done: [...new Set(reports.flatMap(({ done }) => done ?? []))], failed: [...failed.values()] };
}

/** The phases after the deny, in their order. */
const AFTER_DENY = ["look", "write", "read", "close"] as const;
const AFTER_DENY_MS = AFTER_DENY.reduce((sum, phase) => sum + PHASES_MS[phase], 0);

/**
 * A way to deny takes no more than this part of the time that is left, should IAM hang: the next may be open.
 */
export const SHARE_OF_A_DENIAL = PHASES_MS.deny / (PHASES_MS.deny + AFTER_DENY_MS);

/** Splits the time that is left after the deny: the moment at which each phase has to end. */
export function schedule({ deadline }: Incident): Readonly<Record<(typeof AFTER_DENY)[number], Deadline>> {
  let end = 0;
  const endOf = (phase: (typeof AFTER_DENY)[number]): Deadline => {
    end += PHASES_MS[phase];
    return deadline.share(end / AFTER_DENY_MS);
  };
  return { look: endOf("look"), write: endOf("write"), read: endOf("read"), close: endOf("close") };
}

/** Milliseconds since the event; 0 when it states no time. */
export function ageOf({ creation, dependencies }: Incident): number {
  return creation.eventTime === "" ? 0 : dependencies.clock() - Date.parse(creation.eventTime);
}

/** Whether attaching first wins anything; else the user is looked at before it is touched. */
export function isFresh(incident: Incident): boolean {
  return ageOf(incident) <= AGES_MS.fresh;
}
