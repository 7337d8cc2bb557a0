/** The time, and pauses. Tests replace it. */
export interface Clock {
  readonly now: () => Date;
  /** Waits. Never returns once the lab has stopped. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}

interface Pause {
  /** Milliseconds since 1970 on the lab's clock. */
  readonly due: number;
  readonly end: () => void;
}

/** setTimeout takes no longer pauses. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * How long {@link LabClock.advance} waits for work at one point of time. Work that takes longer, such as a
 * function whose call is held back by a fault, goes on while the clock moves.
 */
const SETTLE_MS = 5_000;

/**
 * The lab's clock: it runs like the machine's, and can be moved forward. After `stopped` aborts, no pause
 * ends, and none keeps the process alive.
 */
export class LabClock implements Clock {
  private aheadMs = 0;
  /** By due time. */
  private readonly pauses: Pause[] = [];
  private readonly working = new Set<Promise<unknown>>();
  private timer: NodeJS.Timeout | undefined;
  private moving: Promise<void> = Promise.resolve();
  private isMoving = false;

  constructor(private readonly stopped: AbortSignal) {
    stopped.addEventListener("abort", () => clearTimeout(this.timer));
  }

  readonly now = (): Date => new Date(this.time());

  readonly sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const due = this.time() + milliseconds;
      const after = this.pauses.findIndex((pause) => pause.due > due);
      this.pauses.splice(after === -1 ? this.pauses.length : after, 0, { due, end: resolve });
      this.setTimer();
    });

  /** Lets {@link advance} wait for work that goes on outside this process: it changes nothing else. */
  readonly during = <T>(work: Promise<T>): Promise<T> => {
    const done = (): boolean => this.working.delete(work);
    this.working.add(work);
    work.then(done, done);
    return work;
  };

  /**
   * Moves the time forward. Pauses end in the order in which they are due, each at its own time, and what
   * follows from one is done before the next ends.
   */
  advance(milliseconds: number): Promise<void> {
    this.moving = this.moving.then(() => this.move(milliseconds));
    return this.moving;
  }

  private async move(milliseconds: number): Promise<void> {
    this.isMoving = true;
    await this.settle();
    const target = this.time() + milliseconds;
    while (!this.stopped.aborted) {
      const next = this.pauses[0];
      if (next === undefined || next.due > target) {
        break;
      }
      this.moveTo(next.due);
      this.pauses.shift();
      next.end();
      await this.settle();
    }
    this.moveTo(target);
    this.isMoving = false;
    this.setTimer();
  }

  private time(): number {
    return Date.now() + this.aheadMs;
  }

  private moveTo(time: number): void {
    this.aheadMs += Math.max(0, time - this.time());
  }

  /** Until no work is left, or what is left takes too long. */
  private async settle(): Promise<void> {
    await turn();
    const end = Date.now() + SETTLE_MS;
    while (this.working.size > 0 && !this.stopped.aborted) {
      const left = end - Date.now();
      if (left <= 0) {
        this.working.clear();
        return;
      }
      await withLimit(Promise.allSettled(this.working), left);
      await turn();
    }
  }

  private setTimer(): void {
    clearTimeout(this.timer);
    const next = this.pauses[0];
    if (next === undefined || this.isMoving || this.stopped.aborted) {
      return;
    }
    const left = Math.min(Math.max(0, next.due - this.time()), LONGEST_TIMER_MS);
    this.timer = setTimeout(() => this.endDue(), left);
  }

  private endDue(): void {
    while (this.pauses[0] !== undefined && this.pauses[0].due <= this.time()) {
      this.pauses.shift()?.end();
    }
    this.setTimer();
  }
}

/** Lets everything run that is ready: two turns of the event loop, since one may only read an answer. */
async function turn(): Promise<void> {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}

async function withLimit(work: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
