import { setImmediate as settle } from "node:timers/promises";
import type { Clock } from "../../../cli/rollout/stack-rollout";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** 2026-01-05, 08:00 UTC. */
const START = Date.UTC(2026, 0, 5, 8);

/**
 * A clock that stands still until nothing is left to do, and then jumps to the next moment that something
 * waits for.
 */
export class ManualClock implements Clock {
  private time = START;
  private sleepers: Sleeper[] = [];

  now(): number {
    return this.time;
  }

  /** Milliseconds since the clock was made. */
  get elapsed(): number {
    return this.time - START;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const sleeper = { at: this.time + ms, wake: resolve };
      this.sleepers.push(sleeper);
      signal?.addEventListener("abort", () => {
        this.sleepers = this.sleepers.filter((other) => other !== sleeper);
        resolve();
      });
    });
  }

  /** Lets time pass until the work is done. Fails when the work waits for something that no time brings. */
  async run<T>(work: Promise<T>): Promise<T> {
    let working = true;
    const done = () => void (working = false);
    work.then(done, done);
    for (;;) {
      await settle();
      if (!working) {
        return work;
      }
      this.advance();
    }
  }

  private advance(): void {
    const next = Math.min(...this.sleepers.map(({ at }) => at));
    if (next === Infinity) {
      throw new Error("Everything waits, and nothing waits for the clock");
    }
    this.time = next;
    const awake = this.sleepers.filter(({ at }) => at === next);
    this.sleepers = this.sleepers.filter(({ at }) => at !== next);
    awake.forEach(({ wake }) => wake());
  }
}
