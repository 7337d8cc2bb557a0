const HOUR_MS = 3_600_000;

/** What an order to hold a user counts as, whatever name the user has. */
export function holdOf(userId: string | undefined): string {
  return `hold ${userId}`;
}

/**
 * Counts what one environment of the function has done within the last hour, by name. Other environments
 * count for themselves, and nobody outside can write it: at worst, people are mailed once more.
 */
export class Recent {
  private readonly times = new Map<string, number[]>();
  private readonly names = new Map<string, string>();

  /** A user has another name now. */
  rename(from: string, to: string): void {
    this.names.set(from, to);
  }

  /** The name that a user has by now, as far as this environment has seen. */
  nameOf(userName: string): string {
    const seen = new Set([userName]);
    let name = userName;
    for (
      let next = this.names.get(name);
      next !== undefined && !seen.has(next);
      next = this.names.get(next)
    ) {
      seen.add(next);
      name = next;
    }
    return name;
  }

  /** Whether this was done within the hour. */
  has(name: string, now: number): boolean {
    return this.isWithin(name, HOUR_MS, now);
  }

  /** Whether this was done less than `ms` milliseconds ago. */
  isWithin(name: string, ms: number, now: number): boolean {
    return (this.times.get(name)?.at(-1) ?? -Infinity) > now - ms;
  }

  /**
   * @param now Milliseconds since the epoch.
   * @returns How often this was done within the hour, this time included.
   */
  count(name: string, now: number): number {
    for (const [known, times] of this.times) {
      const young = times.filter((time) => time > now - HOUR_MS);
      if (young.length > 0) {
        this.times.set(known, young);
      } else {
        this.times.delete(known);
      }
    }
    const times = [...(this.times.get(name) ?? []), now];
    this.times.set(name, times);
    return times.length;
  }
}
