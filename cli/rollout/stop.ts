import { setMaxListeners } from "node:events";

/** Informs everything that waits, once, that no further work must be started, and why. */
export class Stop {
  private readonly controller = new AbortController();
  private why: string | undefined;

  constructor() {
    // Every account that waits for a retry adds a listener, and Node.js warns about more than ten.
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
