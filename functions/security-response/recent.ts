const HOUR_MS = 3_600_000;

/** Name under which the start of a hold is counted: by the user's id, which survives renames. */
export function holdOf(userId: string | undefined): string {
  return `hold ${userId}`;
}

/**
 * Counts what one execution environment of the function did within the last hour, by name. Each environment
 * counts for itself, and nobody outside can change the counts. At worst, an alert is sent once more.
 */
export class Recent {
  private readonly times = new Map<string, number[]>();
  private readonly names = new Map<string, string>();

  /** Records that a user was renamed. */
  rename(from: string, to: string): void {
    this.names.set(from, to);
  }

  /** The user's latest name that this environment knows. */
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
