import type { OutcomeStatus } from "../../contract";
import type { Holdings } from "./holdings";
import type { StepFailure } from "./incident";

/** What was done about one creation, before it is put into words. */
export interface Response {
  readonly status: OutcomeStatus;
  readonly method: string;
  /** ISO 8601, UTC; empty when the user was not contained. */
  readonly containedAt: string;
  readonly done: readonly string[];
  readonly failed: readonly StepFailure[];
  /** Undefined when nothing was looked at. */
  readonly holdings?: Holdings;
  /** Another delivery of the same event sends the alert. */
  readonly answeredElsewhere?: boolean;
}

/** The word in `done` by which a silent second delivery is known. */
export const ALREADY_ANSWERED = "already answered";
