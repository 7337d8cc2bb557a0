/** Lets so many work at once; the others wait their turn, first come first served. */
export class Slots {
  /** Those whose pause has ended; they go before the others. */
  private readonly returning: (() => void)[] = [];
  private readonly queue: (() => void)[] = [];
  private free: number;

  constructor(count: number) {
    this.free = count;
  }

  /** Runs the work as soon as a slot is free, and frees it afterwards. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.take(this.queue);
    try {
      return await work();
    } finally {
      this.give();
    }
  }

  /**
   * Lends out the slot of the work that calls this until the pause ends, and goes before all who have not
   * begun.
   */
  async pause(pause: Promise<void>): Promise<void> {
    this.give();
    try {
      await pause;
    } finally {
      await this.take(this.returning);
    }
  }

  private async take(queue: (() => void)[]): Promise<void> {
    if (this.free > 0) {
      this.free--;
      return;
    }
    await new Promise<void>((resolve) => queue.push(resolve));
  }

  private give(): void {
    const next = this.returning.shift() ?? this.queue.shift();
    if (next === undefined) {
      this.free++;
    } else {
      next();
    }
  }
}
