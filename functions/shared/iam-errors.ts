import type { IAMClient } from "@aws-sdk/client-iam";
import { errorCode } from "./aws-error";
import { retry, type RetryTiming } from "./retry";

/** Dependencies of a function that creates users of its own and removes them. */
export interface IamDependencies extends RetryTiming {
  readonly iam: IAMClient;
  /** Milliseconds until Lambda ends the function. */
  readonly remaining: () => number;
}

/** Milliseconds that are left unused, so that the function can still return what it created. */
export const ANSWER_RESERVE_MS = 3_000;

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
  return error instanceof Error && codes.includes(errorCode(error));
}

/** Transient errors end within seconds. */
const LONGEST_RETRY_MS = 17_000;

/** Retries `act` while IAM answers with one of `codes`, which are transient, and while there is time. */
export async function retryOn<T>(
  codes: readonly string[],
  act: () => Promise<T>,
  dependencies: IamDependencies,
): Promise<T> {
  const budget = Math.min(LONGEST_RETRY_MS, dependencies.remaining() - ANSWER_RESERVE_MS);
  return retry(act, { when: (error) => hasCode(error, ...codes), budget }, dependencies);
}
