import type { IAMClient } from "@aws-sdk/client-iam";
import type { CallOptions, Deadline } from "../../shared/deadline";
import { retry, type RetryTiming } from "../../shared/retry";
import { isConcurrent } from "./iam-error";

/** The user whose state is changed, and the clients for it. */
export interface Target extends RetryTiming {
  readonly userName: string;
  readonly policyArn: string;
  /** Only for denying, so that other calls cannot slow it down. */
  readonly denyClient: IAMClient;
  readonly iam: IAMClient;
}

/** Retries a write to the user while it conflicts with a concurrent one and time is left. */
export async function retryConflicts(
  target: Target,
  deadline: Deadline,
  write: (options: CallOptions) => Promise<unknown>,
): Promise<void> {
  await retry(() => deadline.run(write), { when: isConcurrent, budget: deadline.remaining() }, target);
}
