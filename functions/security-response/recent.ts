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
  private readonly renames = new Map<string, { readonly to: string; readonly at: number }>();

  /**
   * Records that a user was renamed.
   *
   * @param at When, in milliseconds since the epoch.
   */
  rename(from: string, to: string, at: number): void {
    this.renames.set(from, { to, at });
  }

  /**
   * The latest name, as far as this environment knows, of the user who had a name at a time. Somebody else
   * may have got the name of a user who was renamed before.
   *
   * @param at Milliseconds since the epoch.
   */
  nameOf(userName: string, at: number): string {
    const followed = new Set<unknown>();
    let [name, since] = [userName, at];
    for (;;) {
      const rename = this.renames.get(name);
      if (rename === undefined || !(rename.at >= since) || followed.has(rename)) {
        return name;
      }
      followed.add(rename);
      [name, since] = [rename.to, rename.at];
    }
  }

  /** Whether this was done within the hour. */
  has(name: string, now: number): boolean {
    return this.isWithin(name, HOUR_MS, now);
  }

  /** When this was last done, in milliseconds since the epoch; NaN when it was not. */
  last(name: string): number {
    return this.times.get(name)?.at(-1) ?? NaN;
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
