import type { IAMClient } from "@aws-sdk/client-iam";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { Log } from "../shared/log";
import type { Recent } from "./recent";

/** Everything impure the responder uses. */
export interface Dependencies {
  /** For denying only, so that nothing else can slow it down. */
  readonly denyClient: IAMClient;
  /** For everything else in IAM. */
  readonly iam: IAMClient;
  readonly sns: SNSClient;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** This environment has answered before, so its connections to IAM are open. @default false */
  readonly isWarm?: boolean;
  /** What this environment has done of late. */
  readonly recent: Recent;
  readonly log: Log;
}

/** What Lambda says about the one request being served. */
export interface Invocation {
  /** The same for Lambda's own retries of an event, another one for a second delivery by EventBridge. */
  readonly requestId: string;
  /** Milliseconds until Lambda ends the function. */
  readonly remaining: () => number;
  /** The sweep asked. @default - an event did, or the hold's topic */
  readonly foundBy?: "sweep";
  /** Nobody has answered the user's creation before, so nobody can have released the user. @default false */
  readonly isUnanswered?: boolean;
}
