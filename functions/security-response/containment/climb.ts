import { GetUserCommand } from "@aws-sdk/client-iam";
import type { CallOptions } from "../../shared/deadline";
import { retry } from "../../shared/retry";
import { readFormerBoundary, type FormerBoundary } from "./former-boundary";
import { isConcurrent, isMissingUser, isNoSuchEntity } from "./iam-error";
import { failure, join, type Incident, type StepFailure } from "./incident";
import { SHARE_OF_A_RUNG, type Rung } from "./rungs";

/** How the ladder of denials ended. */
export interface Climb {
  /** The rung that was applied; undefined when none could be. */
  readonly rung: Rung | undefined;
  /** Milliseconds since the epoch at which IAM had answered; 0 without a rung. */
  readonly at: number;
  /** What denying did, for people. */
  readonly done: readonly string[];
  /** What the tag is to say of the boundary that was replaced; undefined leaves the tag as it is. */
  readonly formerBoundary?: string | undefined;
  /** IAM knows no user of that name. */
  readonly missing: boolean;
  readonly failed: readonly StepFailure[];
}

const UNDENIED = { rung: undefined, at: 0, done: [] } as const;
const NOTHING: FormerBoundary = join();

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
    // Nothing shows the old boundary once ours is put.
    const former = rung.method === "permissions-boundary" ? await readFormerBoundary(incident) : NOTHING;
    try {
      await apply(incident, (options) => rung.apply(options, sent), rung === ladder.at(-1), patience);
      const at = incident.dependencies.clock();
      const { done, failed: unread, tag } = former;
      return {
        ...{ rung, at, missing: false, formerBoundary: tag },
        done: [rung.deed, ...done],
        failed: [...failed, ...unread],
      };
    } catch (error) {
      failed.push(failure(rung.method, error));
      if (isMissingUser(error) && (await isUnknown(incident))) {
        return { ...UNDENIED, missing: true, failed };
      }
    }
  }
  return { ...UNDENIED, missing: false, failed };
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
