/** V8's hook for the text of a stack trace: https://v8.dev/docs/stack-trace-api */
type TraceHook = (target: Error, frames: NodeJS.CallSite[]) => string;

const traces = Error as { prepareStackTrace?: TraceHook | undefined };

/**
 * Runs a synthesis without the stack trace that CDKTF takes for every token it makes. It takes tens of thousands, each
 * looked up in source maps, and only adds them to its own errors.
 *
 * CDKTF captures a trace into a plain object (cdktf 0.21, tokens/private/stack-trace), so traces of real errors stay.
 */
export function withoutTokenTraces<T>(synthesize: () => T): T {
  const original = traces.prepareStackTrace;
  traces.prepareStackTrace = (target, frames) => (target instanceof Error ? describe(target, frames) : "");
  try {
    return synthesize();
  } finally {
    traces.prepareStackTrace = original;
  }
}

function describe(error: Error, frames: readonly NodeJS.CallSite[]): string {
  const lines = frames.map((frame) => {
    const place = `${frame.getFileName() ?? "unknown"}:${frame.getLineNumber()}:${frame.getColumnNumber()}`;
    return `    at ${frame.getFunctionName() ?? "<anonymous>"} (${place})`;
  });
  return [String(error), ...lines].join("\n");
}
