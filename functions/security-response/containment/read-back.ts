import { retry } from "../../shared/retry";
import { isMissingUser } from "./iam-error";
import { failure, type Incident, type StepFailure } from "./incident";
import { SHARE_OF_A_RUNG, type Rung } from "./rungs";

/** How long a deny may stay unlisted after IAM accepted it. */
const UNLISTED_BUDGET = 5_000;

/** What reading back showed. `unknown` comes with the failure that kept it from being known. */
export type ReadBack =
  { readonly state: "in-place" | "missing" } | { readonly state: "unknown"; readonly failure: StepFailure };

/**
 * Reads the deny back, for as long as IAM may take to list what it accepted. Leaves time for another rung.
 */
export async function readBack(incident: Incident, rung: Rung): Promise<ReadBack> {
  const deadline = incident.deadline.share(SHARE_OF_A_RUNG);
  const look = async (): Promise<void> => {
    if (!(await deadline.run(rung.isInPlace))) {
      throw new NotListed();
    }
  };
  const plan = {
    when: (error: unknown) => error instanceof NotListed || isMissingUser(error),
    budget: Math.min(UNLISTED_BUDGET, deadline.remaining()),
  };
  try {
    await retry(look, plan, incident.dependencies);
    return { state: "in-place" };
  } catch (error) {
    return error instanceof NotListed
      ? { state: "missing" }
      : { state: "unknown", failure: failure("read back", error) };
  }
}

/** Drives the retry of {@link readBack}; never leaves it. */
class NotListed extends Error {}
