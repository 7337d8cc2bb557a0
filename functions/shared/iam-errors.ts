import type { IAMClient } from "@aws-sdk/client-iam";
import { errorCode } from "./aws-error";
import { retry, type RetryTiming } from "./retry";

/** What a function that makes users of its own and removes them works with. */
export interface IamDependencies extends RetryTiming {
  readonly iam: IAMClient;
  /** Milliseconds until Lambda ends the function. */
  readonly remaining: () => number;
}

/** Milliseconds left unused, so that the function can still answer with what it made. */
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

/** Errors that pass by themselves pass within seconds. */
const LONGEST_RETRY_MS = 17_000;

/** Repeats `act` while IAM answers with one of `codes`, which pass by themselves, and while there is time. */
export async function retryOn<T>(
  codes: readonly string[],
  act: () => Promise<T>,
  dependencies: IamDependencies,
): Promise<T> {
  const budget = Math.min(LONGEST_RETRY_MS, dependencies.remaining() - ANSWER_RESERVE_MS);
  return retry(act, { when: (error) => hasCode(error, ...codes), budget }, dependencies);
}
