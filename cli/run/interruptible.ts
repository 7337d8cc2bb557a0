import type { EventEmitter } from "node:events";
import { CommandError } from "../errors";
import { EXIT } from "../exit-codes";

/** The operator, or the CI system, has stopped the command. */
export class Interrupted extends CommandError {
  override readonly name = "Interrupted";
  override readonly exitCode = EXIT.interrupted;
}

const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Does work that has to clean up after itself when the process is asked to stop.
 *
 * @param source Where the signals arrive: `process`.
 * @param work Stops when its signal is aborted, the reason of which is an {@link Interrupted}.
 */
export async function interruptible<T>(
  source: Pick<EventEmitter, "on" | "off">,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = (name: string) => controller.abort(new Interrupted(`stopped by ${name}`));
  SIGNALS.forEach((name) => source.on(name, stop));
  try {
    return await work(controller.signal);
  } finally {
    SIGNALS.forEach((name) => source.off(name, stop));
  }
}
