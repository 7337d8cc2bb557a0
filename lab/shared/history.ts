import type { Clock } from "./clock";

/** When changes come into force. */
export interface Propagation {
  readonly clock: Pick<Clock, "now">;
  /** How long after a change the state before it still applies. */
  readonly propagationMs: () => number;
}

interface Version<T> {
  /** Milliseconds since 1970; -Infinity for what was there from the start. */
  readonly changedAt: number;
  readonly value: T;
}

/**
 * The values of many subjects over time. Each change comes into force on its own clock, `propagationMs` after
 * it was made: a later change does not postpone it. IAM is eventually consistent (IAM guide, "Troubleshoot
 * IAM", "Changes that I make are not always immediately visible").
 */
export class History<T> {
  private readonly propagation: Propagation;
  /** Oldest first. */
  private readonly versions = new Map<string, readonly Version<T>[]>();

  constructor(propagation: Propagation) {
    this.propagation = propagation;
  }

  /** Whether changes come into force later than they are made. */
  get isDelayed(): boolean {
    return this.propagation.propagationMs() > 0;
  }

  keys(): IterableIterator<string> {
    return this.versions.keys();
  }

  /** The value in force; undefined when nothing of the subject is. */
  inForce(key: string): T | undefined {
    const known = this.versions.get(key);
    if (known === undefined) {
      return undefined;
    }
    const propagated = this.now() - this.propagation.propagationMs();
    const index = known.findLastIndex(({ changedAt }) => changedAt <= propagated);
    if (index > 0) {
      this.versions.set(key, known.slice(index));
    }
    return known[index]?.value;
  }

  /** The value after all changes, in force or not. */
  latest(key: string): T | undefined {
    return this.versions.get(key)?.at(-1)?.value;
  }

  /** Replaces everything that is known of a subject. The value is in force at once. */
  set(key: string, value: T): void {
    this.versions.set(key, [{ changedAt: -Infinity, value }]);
  }

  /** Adds a change that was made now. */
  change(key: string, value: T): void {
    if (this.isDelayed) {
      this.versions.set(key, [...(this.versions.get(key) ?? []), { changedAt: this.now(), value }]);
    } else {
      this.set(key, value);
    }
  }

  forget(key: string): void {
    this.versions.delete(key);
  }

  private now(): number {
    return this.propagation.clock.now().getTime();
  }
}
