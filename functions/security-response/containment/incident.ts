import { errorText } from "../../shared/aws-error";
import { Deadline } from "../../shared/deadline";
import type { Dependencies, Invocation } from "../dependencies";
import type { UserCreation } from "../event/user-creation";
import type { Settings } from "../settings";
import { AGES_MS, PHASES_MS } from "./durations";
import { isMissingUser } from "./iam-error";

/** One user to contain, with everything that is needed for it. */
export interface Incident {
  readonly creation: UserCreation;
  readonly reason: string;
  readonly settings: Settings;
  readonly dependencies: Dependencies;
  readonly invocation: Invocation;
  /** For every IAM call; leaves enough time for the alert. */
  readonly deadline: Deadline;
}

/** The alert's reserve takes at most this part of the time that is left. */
const LARGEST_RESERVE = 0.4;

/** Reserves time for the alert, whatever IAM does. */
export function incidentOf(
  creation: UserCreation,
  reason: string,
  settings: Settings,
  dependencies: Dependencies,
  invocation: Invocation,
): Incident {
  const remaining = invocation.remaining();
  const reserve = Math.min(PHASES_MS.alert, remaining * LARGEST_RESERVE);
  const deadline = new Deadline(dependencies.clock, dependencies.clock() + remaining - reserve);
  return { creation, reason, settings, dependencies, invocation, deadline };
}

/** What a response did and what failed, as texts for the alert. */
export interface Report {
  readonly done: readonly string[];
  readonly failed: readonly Failure[];
}

export interface Failure {
  readonly step: string;
  readonly error: string;
  /** IAM knew no user of that name: the user was deleted or renamed. */
  readonly missingUser?: boolean;
}

export function failure(step: string, error: unknown): Failure {
  return { step, error: errorText(error), ...(isMissingUser(error) ? { missingUser: true } : {}) };
}

/** Combines reports in their order, without duplicates. */
export function join(...reports: readonly Partial<Report>[]): Report {
  const failed = new Map(
    reports.flatMap((report) => report.failed ?? []).map((fault) => [`${fault.step} ${fault.error}`, fault]),
  );
  return { done: [...new Set(reports.flatMap(({ done }) => done ?? []))], failed: [...failed.values()] };
}

/** The phases after the deny, in their order. */
const AFTER_DENY = ["inspect", "write", "read", "close"] as const;
const AFTER_DENY_MS = AFTER_DENY.reduce((sum, phase) => sum + PHASES_MS[phase], 0);

/**
 * The part of the remaining time that one deny method may take. If IAM does not answer, there is time for the
 * next method.
 */
export const SHARE_OF_A_DENIAL = PHASES_MS.deny / (PHASES_MS.deny + AFTER_DENY_MS);

/** Splits the time that is left after the deny: the moment at which each phase has to end. */
export function schedule({ deadline }: Incident): Readonly<Record<(typeof AFTER_DENY)[number], Deadline>> {
  let end = 0;
  const endOf = (phase: (typeof AFTER_DENY)[number]): Deadline => {
    end += PHASES_MS[phase];
    return deadline.share(end / AFTER_DENY_MS);
  };
  return { inspect: endOf("inspect"), write: endOf("write"), read: endOf("read"), close: endOf("close") };
}

/** Milliseconds since the event; 0 when it states no time. */
export function ageOf({ creation, dependencies }: Incident): number {
  return creation.eventTime === "" ? 0 : dependencies.clock() - Date.parse(creation.eventTime);
}

/** Whether a faster deny gains anything; if not, the user is read before it is changed. */
export function isFresh(incident: Incident): boolean {
  return ageOf(incident) <= AGES_MS.fresh;
}
