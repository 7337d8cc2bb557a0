import { TimeUpError } from "./errors";

/** What an SDK call takes as its options. */
export interface CallOptions {
  readonly abortSignal: AbortSignal;
}

/** Part of the remaining time that is kept for logging and returning before Lambda ends the function. */
const LAST_MOMENT = 0.1;

/** A time at which every call ends, so that a service that hangs cannot use up the time of later calls. */
export class Deadline {
  /**
   * @param clock milliseconds since the epoch
   * @param at the moment, on the same clock
   */
  constructor(
    private readonly clock: () => number,
    private readonly at: number,
  ) {}

  /** Shortly before Lambda ends the function. */
  static ofInvocation(clock: () => number, invocation: { readonly remaining: () => number }): Deadline {
    return new Deadline(clock, clock() + invocation.remaining() * (1 - LAST_MOMENT));
  }

  /** Milliseconds left; never negative. */
  remaining(): number {
    return Math.max(0, this.at - this.clock());
  }

  /** An earlier deadline: after `fraction` of what is left. */
  share(fraction: number): Deadline {
    return new Deadline(this.clock, this.clock() + this.remaining() * fraction);
  }

  /** An earlier deadline: in at most `ms` milliseconds. */
  within(ms: number): Deadline {
    return new Deadline(this.clock, this.clock() + Math.min(ms, this.remaining()));
  }

  /**
   * Runs calls until the deadline.
   * @throws TimeUpError when the deadline comes first; the calls are aborted
   */
  async run<T>(work: (options: CallOptions) => Promise<T>): Promise<T> {
    const left = this.remaining();
    if (left <= 0) {
      throw new TimeUpError("no time was left for the call");
    }
    const controller = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        controller.abort();
        reject(new TimeUpError(`no answer within the ${Math.round(left)} ms that were left for the call`));
      }, left);
    });
    try {
      return await Promise.race([work({ abortSignal: controller.signal }), timeUp]);
    } finally {
      clearTimeout(timer);
    }
  }
}
