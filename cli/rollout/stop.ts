import { setMaxListeners } from "node:events";

/** Tells everybody once that nothing new is to be started, and why. */
export class Stop {
  private readonly controller = new AbortController();
  private why: string | undefined;

  constructor() {
    // Every account that waits for a retry listens: Node warns of more than ten as of a leak.
    setMaxListeners(Infinity, this.controller.signal);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Why nothing is started any more; undefined while it is. */
  get reason(): string | undefined {
    return this.why;
  }

  /** The first reason stays. */
  request(reason: string): void {
    this.why ??= reason;
    this.controller.abort();
  }
}
