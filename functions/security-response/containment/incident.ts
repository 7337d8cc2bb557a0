import { errorText } from "../../shared/aws-error";
import type { Deadline } from "../../shared/deadline";
import type { Invocation, Dependencies } from "../dependencies";
import type { UserCreation } from "../event/user-creation";
import type { Settings } from "../settings";
import { isMissingUser } from "./iam-error";

/** One user to be contained, and what it takes to do so. */
export interface Incident {
  readonly creation: UserCreation;
  readonly reason: string;
  readonly settings: Settings;
  readonly dependencies: Dependencies;
  readonly invocation: Invocation;
  /** For every IAM call: leaves the reserve for alerting. */
  readonly deadline: Deadline;
}

export interface StepFailure {
  readonly step: string;
  readonly error: string;
  /** IAM knew no user of that name: it was deleted, or renamed. */
  readonly missingUser?: boolean;
}

/** What a step of the response achieved and what it did not. */
export interface StepReport {
  readonly done: readonly string[];
  readonly failed: readonly StepFailure[];
}

export function failure(name: string, error: unknown): StepFailure {
  return { step: name, error: errorText(error), ...(isMissingUser(error) ? { missingUser: true } : {}) };
}

/** A report of nothing but a failure. */
export function failing(...failed: readonly StepFailure[]): StepReport {
  return { done: [], failed };
}

/** Runs a step so that its failure stops no other: the failure becomes part of the report. */
export async function step(name: string, act: () => Promise<readonly string[]>): Promise<StepReport> {
  try {
    return { done: await act(), failed: [] };
  } catch (error) {
    return { done: [], failed: [failure(name, error)] };
  }
}

/** One report of several, in their order, with nothing said twice. */
export function join(...reports: readonly StepReport[]): StepReport {
  const failed = new Map(
    reports.flatMap((report) => report.failed).map((fault) => [`${fault.step} ${fault.error}`, fault]),
  );
  return {
    done: [...new Set(reports.flatMap(({ done }) => done))],
    failed: [...failed.values()],
  };
}
