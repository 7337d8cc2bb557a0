import { isTransient, type TerraformFault } from "../terraform/fault";

export interface RetryPolicy {
  /** How long to wait for a state lock that someone else holds, in milliseconds. */
  readonly lockTimeoutMs: number;
  /** How long to retry after another transient fault, in milliseconds. */
  readonly retryForMs: number;
  /** A number from 0 to 1, so that many accounts do not retry at the same moment. */
  readonly random: () => number;
}

const FIRST_DELAY_MS = 2_000;
const LONGEST_DELAY_MS = 30_000;

/** The retries of one step in one account. */
export class Retries {
  private firstFaultAt: number | undefined;
  private count = 0;

  constructor(private readonly policy: RetryPolicy) {}

  /**
   * How long to wait before the next attempt, in milliseconds; undefined when there is none.
   *
   * @param now Milliseconds since 1970.
   */
  delayAfter(fault: TerraformFault, now: number): number | undefined {
    if (!isTransient(fault)) {
      return undefined;
    }
    this.firstFaultAt ??= now;
    const budget = fault.kind === "lock-held" ? this.policy.lockTimeoutMs : this.policy.retryForMs;
    const left = this.firstFaultAt + budget - now;
    if (left <= 0) {
      return undefined;
    }
    const longest = Math.min(FIRST_DELAY_MS * 2 ** this.count++, LONGEST_DELAY_MS);
    // Half of it at least, and one last attempt when the time is up.
    return Math.min(longest * (0.5 + this.policy.random() / 2), left);
  }
}
