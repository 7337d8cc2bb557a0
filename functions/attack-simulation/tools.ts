import type { IAMClient } from "@aws-sdk/client-iam";

/** Everything impure the simulation uses. */
export interface Tools {
  readonly iam: IAMClient;
  readonly sleep: (ms: number) => Promise<void>;
  /** Milliseconds until Lambda ends the function. */
  readonly remaining: () => number;
  /** A password of the shape IAM's default policy asks for; it is used once and dropped. */
  readonly password: () => string;
}

/** What could not be done, for which user. */
export interface Failure {
  readonly userName: string;
  readonly step: string;
  readonly error: string;
}

export function failureOf(userName: string, step: string, error: unknown): Failure {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { userName, step, error: text };
}

/** Whether an SDK error has one of these IAM error codes, with or without the suffix the SDK adds. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && codes.includes(error.name.replace(/Exception$/, ""));
}
