import {
  GetFunctionConfigurationCommand,
  UpdateFunctionConfigurationCommand,
  type FunctionConfiguration,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import { RESPONDER_DESCRIPTION, RESPONDER_ENV, RESPONDER_NAME } from "../../functions/contract";
import { errorCode, errorText } from "../../functions/shared/aws-error";
import { NO_PAUSE } from "../../functions/shared/pause";

/** What the responder's configuration is to say. */
export interface PauseOrder {
  /** Value of the variable: a pause, or that there is none. */
  readonly variable: string;
  /** Description of the function, which CloudTrail records, unlike the variable. */
  readonly description: string;
}

/** The order by which a pause ends: the configuration is what the stack deployed. */
export const RESUME: PauseOrder = { variable: NO_PAUSE, description: RESPONDER_DESCRIPTION };

/** What came of an order in one account. Text is fit for one line. */
export type PauseResult =
  | { readonly kind: "done" }
  /** Nothing had to be done, for example in an account that only observes. */
  | { readonly kind: "nothing-to-do"; readonly why: string }
  | { readonly kind: "failed"; readonly error: string };

/** Time, as an order uses it. */
export interface PauseTiming {
  readonly clock: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** For one account, in milliseconds: Lambda brings a new configuration into effect within seconds. */
const ACCOUNT_MS = 60_000;

/** Between two looks at whether it has. */
const LOOK_AGAIN_MS = 500;

/** Answers of Lambda that mean that somebody else changed the function meanwhile, or still does. */
const CHANGED_MEANWHILE = ["PreconditionFailed", "ResourceConflict"];

/**
 * Carries an order out in one account, and waits until it counts for each new event. A change of somebody
 * else is never overwritten: the revision that was read is named (Lambda API reference,
 * UpdateFunctionConfiguration, `RevisionId`). Never throws.
 */
export async function changePause(
  lambda: LambdaClient,
  order: PauseOrder,
  { clock, sleep }: PauseTiming,
): Promise<PauseResult> {
  const end = clock() + ACCOUNT_MS;
  let isOrdered = false;
  try {
    for (;;) {
      const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: RESPONDER_NAME }));
      const isSettled = found.LastUpdateStatus !== "InProgress";
      if (isSettled) {
        const why = whyNothing(found, order);
        if (why !== undefined) {
          return isOrdered ? ended(found) : { kind: "nothing-to-do", why };
        }
        isOrdered = (await give(lambda, order, found)) || isOrdered;
      }
      if (clock() + LOOK_AGAIN_MS > end) {
        return {
          kind: "failed",
          error: `${RESPONDER_NAME} is still being changed after ${ACCOUNT_MS / 1_000} s`,
        };
      }
      await sleep(LOOK_AGAIN_MS);
    }
  } catch (error) {
    return errorCode(error) === "ResourceNotFound"
      ? { kind: "nothing-to-do", why: "not deployed" }
      : { kind: "failed", error: error instanceof Refused ? error.message : errorText(error) };
  }
}

/** The account is as it was. */
class Refused extends Error {}

/**
 * Why nothing has to be changed; undefined when something has.
 *
 * @throws Refused when the function could not be changed safely, or would not act on it.
 */
function whyNothing(found: FunctionConfiguration, { variable, description }: PauseOrder): string | undefined {
  const { Variables: variables = {}, Error: problem } = found.Environment ?? {};
  const mode = variables[RESPONDER_ENV.mode];
  // The whole environment is written: what cannot be read would be lost.
  if (problem !== undefined || mode === undefined) {
    throw new Refused(
      `the environment of ${RESPONDER_NAME} cannot be read: ${problem?.Message ?? "no mode in it"}`,
    );
  }
  const current = variables[RESPONDER_ENV.pause];
  if (current === undefined) {
    const version = variables[RESPONDER_ENV.version] ?? "unknown";
    throw new Refused(`version ${version} cannot be paused: roll the account out first`);
  }
  if (current === variable && found.Description === description) {
    return variable === NO_PAUSE ? "not paused" : "paused already";
  }
  return mode === "enforce" || variable === NO_PAUSE ? undefined : `denies nobody in the mode ${mode}`;
}

/** @returns Whether Lambda took it; false when it was changed meanwhile. */
async function give(
  lambda: LambdaClient,
  { variable, description }: PauseOrder,
  found: FunctionConfiguration,
): Promise<boolean> {
  try {
    await lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: RESPONDER_NAME,
        RevisionId: found.RevisionId,
        Description: description,
        Environment: { Variables: { ...found.Environment?.Variables, [RESPONDER_ENV.pause]: variable } },
      }),
    );
    return true;
  } catch (error) {
    if (CHANGED_MEANWHILE.includes(errorCode(error))) {
      return false;
    }
    throw error;
  }
}

function ended({ LastUpdateStatus, LastUpdateStatusReason }: FunctionConfiguration): PauseResult {
  return LastUpdateStatus === "Failed"
    ? { kind: "failed", error: `Lambda did not take it: ${LastUpdateStatusReason ?? "no reason given"}` }
    : { kind: "done" };
}
