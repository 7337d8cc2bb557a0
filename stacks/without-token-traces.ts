/**
 * Runs a synthesis without the stack trace that CDKTF takes for every token it makes. It takes tens of thousands, each
 * looked up in source maps, and only adds them to its own errors; they cost half of the time of a large synthesis.
 *
 * CDKTF captures a trace into a plain object (cdktf 0.21, tokens/private/stack-trace), so traces of real errors stay.
 */
export function withoutTokenTraces<T>(synthesize: () => T): T {
  const original = Error.prepareStackTrace;
  Error.prepareStackTrace = (target, frames) =>
    target instanceof Error
      ? [String(target), ...frames.map((frame) => `    at ${String(frame)}`)].join("\n")
      : "";
  try {
    return synthesize();
  } finally {
    Error.prepareStackTrace = original;
  }
}
