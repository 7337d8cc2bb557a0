/** npm and the terminal may both pass on one Ctrl-C. */
const SAME_KEYSTROKE_MS = 300;

export interface InterruptActions {
  /** Start nothing new. */
  stopStarting(signal: string): void;
  /** Ask what runs to end gracefully. */
  stopGracefully(signal: string): void;
}

type SignalSource = Pick<NodeJS.EventEmitter, "on" | "off">;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Acts on signals until it is told to stop: the first Ctrl-C stops starting, the second asks for a graceful
 * end. SIGTERM, with which CI cancels a job, does both; SIGHUP, a terminal that went away, lets finish what
 * runs.
 *
 * @returns Ends the listening.
 */
export function listenForInterrupts(
  source: SignalSource,
  actions: InterruptActions,
  now: () => number = Date.now,
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
