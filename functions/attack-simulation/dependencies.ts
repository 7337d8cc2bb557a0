import type { IAMClient } from "@aws-sdk/client-iam";
import type { RetryTiming } from "../shared/retry";

/** Everything impure the simulation uses. */
export interface Dependencies extends RetryTiming {
  readonly iam: IAMClient;
  /** Milliseconds until Lambda ends the function. */
  readonly remaining: () => number;
  /** A password of the shape IAM's default policy asks for; it is used once and dropped. */
  readonly password: () => string;
}

/** Milliseconds left unused, so that the function can still answer with what it made. */
export const ANSWER_RESERVE_MS = 3_000;
