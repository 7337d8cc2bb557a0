/**
 * A token bucket an action, filled at a steady rate and holding the calls of one second: how AWS throttles,
 * as far as it is documented.
 */
export class Throttle {
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  /** @param clock milliseconds */
  constructor(
    private readonly callsPerSecond: number,
    private readonly clock: () => number,
  ) {}

  /** Takes a token, if there is one. */
  admits(action: string): boolean {
    const now = this.clock();
    const bucket = this.buckets.get(action) ?? { tokens: this.callsPerSecond, at: now };
    const refilled = bucket.tokens + ((now - bucket.at) / 1_000) * this.callsPerSecond;
    const tokens = Math.min(this.callsPerSecond, refilled);
    this.buckets.set(action, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    return tokens >= 1;
  }
}
