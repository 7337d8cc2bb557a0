/** Limits the number of concurrent tasks. Others wait, in the order in which they came. */
export class Semaphore {
  /** Tasks whose pause has ended; they go before the others. */
  private readonly returning: (() => void)[] = [];
  private readonly queue: (() => void)[] = [];
  private free: number;

  constructor(count: number) {
    this.free = count;
  }

  /** Runs the work as soon as a slot is free, and frees the slot afterwards. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.acquire(this.queue);
    try {
      return await work();
    } finally {
      this.release();
    }
  }

  /** Releases the caller's slot while it waits, and takes one back ahead of queued work. */
  async pause(pause: Promise<void>): Promise<void> {
    this.release();
    try {
      await pause;
    } finally {
      await this.acquire(this.returning);
    }
  }

  private async acquire(queue: (() => void)[]): Promise<void> {
    if (this.free > 0) {
      this.free--;
      return;
    }
    await new Promise<void>((resolve) => queue.push(resolve));
  }

  private release(): void {
    const next = this.returning.shift() ?? this.queue.shift();
    if (next === undefined) {
      this.free++;
    } else {
      next();
    }
  }
}
