import {
  GetFunctionConfigurationCommand,
  UpdateFunctionConfigurationCommand,
  type FunctionConfiguration,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import { RESPONDER_DESCRIPTION, RESPONDER_ENV, RESPONDER_NAME } from "../../functions/contract";
import { errorCode, errorText } from "../../functions/shared/aws-error";
import { NO_PAUSE } from "../../functions/shared/pause";

/** The values to write into the responder's configuration. */
export interface PauseOrder {
  /** Value of the variable: a pause, or none. */
  readonly variable: string;
  /** Description of the function, which CloudTrail records, unlike the variable. */
  readonly description: string;
}

/** The order that ends a pause: it restores the configuration that the stack deployed. */
export const RESUME: PauseOrder = { variable: NO_PAUSE, description: RESPONDER_DESCRIPTION };

/** The result of an order in one account. Its text is safe for one line. */
export type PauseResult =
  | { readonly kind: "done" }
  /** Nothing had to be done, for example in an account that only observes. */
  | { readonly kind: "nothing-to-do"; readonly why: string }
  | { readonly kind: "failed"; readonly error: string };

/** The clock that an order uses. */
export interface PauseTiming {
  readonly clock: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Time limit for one account, in milliseconds. Lambda applies a new configuration within seconds. */
const ACCOUNT_MS = 60_000;

/** Milliseconds between two checks of that. */
const LOOK_AGAIN_MS = 500;

/** Lambda's errors when somebody else has changed the function in the meantime, or is changing it. */
const CHANGED_MEANWHILE = ["PreconditionFailed", "ResourceConflict"];

/**
 * Executes an order in one account, and waits until it applies to each new event. It never overwrites the
 * change of somebody else: the call names the revision that was read (Lambda API reference,
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

/** The account is unchanged. */
class Refused extends Error {}

/**
 * Why nothing has to be changed; undefined if something has to be changed.
 *
 * @throws Refused when the function cannot be changed safely, or would ignore the order.
 */
function whyNothing(found: FunctionConfiguration, { variable, description }: PauseOrder): string | undefined {
  const { Variables: variables = {}, Error: problem } = found.Environment ?? {};
  const mode = variables[RESPONDER_ENV.mode];
  // The call replaces the whole environment: variables that cannot be read would be lost.
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

/** @returns Whether Lambda accepted it; false if somebody changed the function in the meantime. */
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
    ? { kind: "failed", error: `Lambda did not accept it: ${LastUpdateStatusReason ?? "no reason given"}` }
    : { kind: "done" };
}
