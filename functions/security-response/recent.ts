const HOUR_MS = 3_600_000;

/** Name under which the start of a hold is counted: by the user's id, which survives renames. */
export function holdOf(userId: string | undefined): string {
  return `hold ${userId}`;
}

interface Rename {
  readonly to: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A call that undid the quarantine of the user who had the name then. */
interface Undone {
  readonly userName: string;
  readonly at: number;
  readonly heard: number;
}

/** How many renames of one name are kept, the latest ones, so that an attacker cannot fill the memory. */
const MAX_RENAMES = 10;
/** The same for calls that undid a quarantine. */
const MAX_UNDONE = 1_000;

/**
 * Counts what one execution environment of the function did within the last hour, by name. Each environment
 * counts for itself, and nobody outside can change the counts. At worst, an alert is sent once more.
 */
export class Recent {
  private readonly times = new Map<string, number[]>();
  private readonly renames = new Map<string, readonly Rename[]>();
  private undone: readonly Undone[] = [];

  /**
   * Records that a user was renamed. Calls are heard of in any order, and a name may be given several times.
   *
   * @param at When, in milliseconds since the epoch.
   */
  rename(from: string, to: string, at: number): void {
    const known = this.renames.get(from) ?? [];
    if (!known.some((rename) => rename.to === to && rename.at === at)) {
      const renames = [...known, { to, at }].sort((a, b) => a.at - b.at);
      this.renames.set(from, renames.slice(-MAX_RENAMES));
    }
  }

  /**
   * The latest name, as far as this environment knows, of the user who had a name at a time: the first rename
   * from then on is this user's. Somebody else may have got the name before, or since.
   *
   * @param at Milliseconds since the epoch.
   */
  nameOf(userName: string, at: number): string {
    return this.follow(userName, at).name;
  }

  /**
   * Records that a call took a deny off, or wrote a release, of the user who had a name. It may be somebody
   * else's name by now.
   *
   * @param at When the call was made, in milliseconds since the epoch; `now` likewise.
   */
  undo(userName: string, at: number, now: number): void {
    this.undone = [...this.undone, { userName, at, heard: now }].slice(-MAX_UNDONE);
  }

  /**
   * When such calls were made about the user who has been renamed to this name since, as heard of within the
   * hour.
   */
  undoneBefore(userName: string, now: number): number[] {
    return this.undone
      .filter(({ heard }) => heard > now - HOUR_MS)
      .filter((each) => {
        const { name, isRenamed } = this.follow(each.userName, each.at);
        return isRenamed && name === userName;
      })
      .map(({ at }) => at);
  }

  /** Follows a user through its renames. */
  private follow(userName: string, at: number): { readonly name: string; readonly isRenamed: boolean } {
    const followed = new Set<Rename>();
    let [name, since] = [userName, at];
    for (;;) {
      const rename = this.renames.get(name)?.find((each) => each.at >= since && !followed.has(each));
      if (rename === undefined) {
        return { name, isRenamed: followed.size > 0 };
      }
      followed.add(rename);
      [name, since] = [rename.to, rename.at];
    }
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
