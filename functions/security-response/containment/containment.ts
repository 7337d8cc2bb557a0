import { GetUserCommand } from "@aws-sdk/client-iam";
import { isConcurrent, isMissingUser, isNoSuchEntity } from "./iam-error";
import { failure, type Incident, type StepFailure } from "./incident";
import { retry } from "./retry";
import { rungs, type Rung } from "./rungs";

/** How the ladder of denials ended. */
export interface Climb {
  /** The rung that was applied; undefined when none could be. */
  readonly rung: Rung | undefined;
  /** Milliseconds since the epoch at which IAM had answered; 0 without a rung. */
  readonly at: number;
  /** The user does not exist any more. */
  readonly vanished: boolean;
  readonly failed: readonly StepFailure[];
}

/** How long a user may be unknown to IAM after its creation before it counts as missing. Published cases last seconds. */
const UNKNOWN_USER_BUDGET = 20_000;
/** How long a deny may stay unlisted after IAM accepted it. */
const UNLISTED_BUDGET = 5_000;
/** A rung leaves this part of the time to those below, should IAM hang. */
const SHARE_OF_A_RUNG = 0.5;

/** Denies the user everything by the first rung that works. Its first call is the function's first network call. */
export async function climb(incident: Incident, after?: Rung): Promise<Climb> {
  const ladder = rungs(incident.tools, incident.creation.userName, incident.settings.policyArn);
  const first = after ? ladder.findIndex(({ method }) => method === after.method) + 1 : 0;
  const failed: StepFailure[] = [];
  for (const rung of ladder.slice(first)) {
    try {
      await apply(incident, rung);
      return { rung, at: incident.tools.clock(), vanished: false, failed };
    } catch (error) {
      failed.push(failure(rung.method, error));
      if (isMissingUser(error) && (await isGone(incident))) {
        return { rung: undefined, at: 0, vanished: true, failed: [] };
      }
    }
  }
  return { rung: undefined, at: 0, vanished: false, failed };
}

async function apply(incident: Incident, rung: Rung): Promise<void> {
  const isLast = rung.method === "permissions-boundary";
  const deadline = isLast ? incident.deadline : incident.deadline.share(SHARE_OF_A_RUNG);
  const plan = {
    when: (error: unknown) => isMissingUser(error) || isConcurrent(error),
    budget: Math.min(UNKNOWN_USER_BUDGET, deadline.remaining()),
  };
  await retry(() => deadline.run(rung.apply), plan, incident.tools);
}

/** Whether IAM says that there is no such user. When it says nothing, the user counts as there. */
async function isGone({ creation, deadline, tools }: Incident): Promise<boolean> {
  try {
    await deadline.run((options) =>
      tools.iam.send(new GetUserCommand({ UserName: creation.userName }), options),
    );
    return false;
  } catch (error) {
    return isNoSuchEntity(error);
  }
}

/** What reading back showed. `unknown` comes with the failure that kept it from being known. */
export type ReadBack =
  | { readonly state: "in-place" | "missing" | "vanished" }
  | { readonly state: "unknown"; readonly failure: StepFailure };

/** Reads the deny back, for as long as IAM may take to list what it accepted. */
export async function readBack(incident: Incident, rung: Rung): Promise<ReadBack> {
  const { deadline, tools } = incident;
  const look = async (): Promise<void> => {
    if (!(await deadline.run(rung.isInPlace))) throw new NotListed();
  };
  const plan = {
    when: (error: unknown) => error instanceof NotListed,
    budget: Math.min(UNLISTED_BUDGET, deadline.remaining()),
  };
  try {
    await retry(look, plan, tools);
    return { state: "in-place" };
  } catch (error) {
    if (error instanceof NotListed) return { state: "missing" };
    if (isMissingUser(error) && (await isGone(incident))) return { state: "vanished" };
    return { state: "unknown", failure: failure("read back", error) };
  }
}

/** Drives the retry of {@link readBack}; never leaves it. */
class NotListed extends Error {}
