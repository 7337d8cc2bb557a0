import { GetUserCommand } from "@aws-sdk/client-iam";
import type { CallOptions } from "../../shared/deadline";
import { retry } from "../../shared/retry";
import { isConcurrent, isMissingUser, isNoSuchEntity } from "./iam-error";
import { failure, type Incident, type StepFailure } from "./incident";
import { SHARE_OF_A_RUNG, type Rung } from "./rungs";

/** How the ladder of denials ended. */
export interface Climb {
  /** The rung that was applied; undefined when none could be. */
  readonly rung: Rung | undefined;
  /** Milliseconds since the epoch at which IAM had answered; 0 without a rung. */
  readonly at: number;
  /** IAM knows no user of that name. */
  readonly missing: boolean;
  readonly failed: readonly StepFailure[];
}

/**
 * Denies the user everything by the first rung that works. Its first call is the function's first network
 * call.
 * @param patience milliseconds in which IAM may come to know the user
 * @param sent called when that first call is on its way
 */
export async function climb(
  incident: Incident,
  ladder: readonly Rung[],
  patience: number,
  sent?: () => void,
): Promise<Climb> {
  const failed: StepFailure[] = [];
  for (const rung of ladder) {
    try {
      await apply(incident, (options) => rung.apply(options, sent), rung === ladder.at(-1), patience);
      return { rung, at: incident.dependencies.clock(), missing: false, failed };
    } catch (error) {
      failed.push(failure(rung.method, error));
      if (isMissingUser(error) && (await isUnknown(incident))) {
        return { rung: undefined, at: 0, missing: true, failed };
      }
    }
  }
  return { rung: undefined, at: 0, missing: false, failed };
}

async function apply(
  incident: Incident,
  deny: (options: CallOptions) => Promise<unknown>,
  isLast: boolean,
  patience: number,
): Promise<void> {
  const deadline = isLast ? incident.deadline : incident.deadline.share(SHARE_OF_A_RUNG);
  const plan = {
    when: (error: unknown) => isMissingUser(error) || isConcurrent(error),
    budget: Math.min(patience, deadline.remaining()),
  };
  await retry(() => deadline.run(deny), plan, incident.dependencies);
}

/** Whether IAM says that there is no such user. When it says nothing, the user counts as there. */
async function isUnknown({ creation, deadline, dependencies }: Incident): Promise<boolean> {
  try {
    await deadline.run((options) =>
      dependencies.iam.send(new GetUserCommand({ UserName: creation.userName }), options),
    );
    return false;
  } catch (error) {
    return isNoSuchEntity(error);
  }
}
