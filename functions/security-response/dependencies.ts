import type { IAMClient } from "@aws-sdk/client-iam";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { Log } from "../shared/log";
import type { Recent } from "./recent";

/** Everything impure the responder uses. */
export interface Dependencies {
  /** Only for denying, so that other calls cannot slow it down. */
  readonly denyClient: IAMClient;
  /** For everything else in IAM. */
  readonly iam: IAMClient;
  readonly sns: SNSClient;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** This execution environment has run before, so its connections to IAM are open. @default false */
  readonly isWarm?: boolean;
  /** What this execution environment did within the last hour. */
  readonly recent: Recent;
  readonly log: Log;
}

/** What is known about this invocation of the function. */
export interface Invocation {
  /** The same for Lambda's retries of an event; a second delivery by EventBridge has another one. */
  readonly requestId: string;
  /** Milliseconds until Lambda ends the function. */
  readonly remaining: () => number;
  /** The sweep invoked the function. @default - an event or the hold's topic did */
  readonly foundBy?: "sweep";
  /**
   * There was no response to the user's creation before, so nobody can have released the user. @default false
   */
  readonly isUnanswered?: boolean;
}
