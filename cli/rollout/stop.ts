import { setMaxListeners } from "node:events";

/** Says once, to everything that waits, that no further work must be started, and why. */
export class Stop {
  private readonly controller = new AbortController();
  private why: string | undefined;

  constructor() {
    // Every account that waits for a retry listens, and Node.js takes more than ten listeners for a leak.
    setMaxListeners(Infinity, this.controller.signal);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Why the rollout stops; undefined until then. */
  get reason(): string | undefined {
    return this.why;
  }

  /** The first reason stays. */
  request(reason: string): void {
    this.why ??= reason;
    this.controller.abort();
  }
}
