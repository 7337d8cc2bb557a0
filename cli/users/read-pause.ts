import { GetFunctionConfigurationCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { RESPONDER_ENV, RESPONDER_NAME } from "../../functions/contract";
import { errorCode, errorText } from "../../functions/shared/aws-error";
import { describePause, pauseAt, readPause } from "../../functions/shared/pause";

/** Whether an account's responder is paused. The text is safe for one line. */
export type PauseReading =
  | { readonly kind: "none" }
  /** `text` is such as `PAUSED until 2026-12-24T18:00:00Z by alice`. */
  | { readonly kind: "paused"; readonly text: string }
  | { readonly kind: "unknown"; readonly error: string };

/** Reads the pause from the responder's configuration. Never throws. */
export async function readPauseOf(lambda: LambdaClient, now: () => number = Date.now): Promise<PauseReading> {
  try {
    const { Environment } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: RESPONDER_NAME }),
    );
    const pause = pauseAt(readPause(Environment?.Variables?.[RESPONDER_ENV.pause]), now());
    return pause === undefined ? { kind: "none" } : { kind: "paused", text: describePause(pause) };
  } catch (error) {
    return errorCode(error) === "ResourceNotFound"
      ? { kind: "none" }
      : { kind: "unknown", error: errorText(error) };
  }
}
