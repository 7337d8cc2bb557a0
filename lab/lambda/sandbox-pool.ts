import type { Invocation, InvocationResult, Sandbox } from "./sandbox";

/** The sandboxes of one deployed version of a function. Invocations beyond the limit wait in a queue. */
export class SandboxPool {
  private readonly start: () => Promise<Sandbox>;
  private readonly bound: number;
  private readonly idle: Sandbox[] = [];
  private readonly all = new Set<Sandbox>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private closed = false;

  constructor(start: () => Promise<Sandbox>, bound: number) {
    this.start = start;
    this.bound = bound;
  }

  async run(invocation: Invocation): Promise<InvocationResult> {
    await this.enter();
    try {
      const sandbox = await this.take();
      try {
        return await sandbox.run(invocation);
      } finally {
        this.putBack(sandbox);
      }
    } finally {
      this.leave();
    }
  }

  /** Ends idle sandboxes at once, and busy ones after their run, or at once if `now` is true. */
  close(now: boolean): void {
    this.closed = true;
    for (const sandbox of now ? this.all : this.idle) {
      sandbox.kill();
    }
    this.idle.length = 0;
  }

  private async enter(): Promise<void> {
    // leave() passes its slot to the next in the queue, so the count stays.
    if (this.running < this.bound) {
      this.running++;
    } else {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) {
      this.running--;
    } else {
      next();
    }
  }

  private async take(): Promise<Sandbox> {
    for (let sandbox = this.idle.pop(); sandbox !== undefined; sandbox = this.idle.pop()) {
      if (sandbox.alive) {
        return sandbox;
      }
      this.all.delete(sandbox);
    }
    const started = await this.start();
    this.all.add(started);
    return started;
  }

  private putBack(sandbox: Sandbox): void {
    if (sandbox.alive && !this.closed) {
      this.idle.push(sandbox);
      return;
    }
    sandbox.kill();
    this.all.delete(sandbox);
  }
}
