import { Interrupted } from "../errors";

/** npm and the terminal may both forward one Ctrl-C. */
const SAME_KEYSTROKE_MS = 300;

export interface InterruptActions {
  /** Start nothing new. */
  stopStarting(signal: string): void;
  /** Ask the running work to end gracefully. */
  stopGracefully(signal: string): void;
}

/** Where signals arrive: `process`. */
type SignalSource = Pick<NodeJS.EventEmitter, "on" | "off">;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Handles signals until it is stopped: after the first Ctrl-C nothing new is started, the second asks for a
 * graceful end. SIGTERM, with which CI cancels a job, does both. After SIGHUP, when the terminal is closed,
 * running work is finished.
 *
 * @param now Milliseconds on a monotonic clock: if the clock went back, a second Ctrl-C would count as the
 * first.
 * @returns Stops listening.
 */
export function listenForInterrupts(
  source: SignalSource,
  actions: InterruptActions,
  now: () => number = () => performance.now(),
): () => void {
  let interrupts = 0;
  let lastAt = -Infinity;
  const onSignal = (signal: NodeJS.Signals) => {
    if (signal === "SIGINT") {
      const at = now();
      const repeated = at - lastAt < SAME_KEYSTROKE_MS;
      lastAt = at;
      if (repeated) {
        return;
      }
      interrupts++;
    }
    if (signal === "SIGTERM" || interrupts > 1) {
      actions.stopGracefully(signal);
    } else {
      actions.stopStarting(signal);
    }
  };
  SIGNALS.forEach((signal) => source.on(signal, onSignal));
  return () => SIGNALS.forEach((signal) => source.off(signal, onSignal));
}

/**
 * Runs work that has to clean up when the process is asked to stop: the first signal aborts it.
 *
 * @param work Stops when its signal is aborted, with an {@link Interrupted} as the reason.
 */
export async function interruptible<T>(
  source: SignalSource,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = (name: string) => controller.abort(new Interrupted(`stopped by ${name}`));
  const end = listenForInterrupts(source, { stopStarting: abort, stopGracefully: abort });
  try {
    return await work(controller.signal);
  } finally {
    end();
  }
}
