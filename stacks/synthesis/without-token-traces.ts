/** V8's capture of a stack trace into an object: https://v8.dev/docs/stack-trace-api */
const traces: { captureStackTrace: (target: object, below?: () => unknown) => void } = Error;

/**
 * Runs a synthesis without the stack trace that CDKTF captures for every token it makes (cdktf 0.21,
 * tokens/private/stack-trace). It takes tens of thousands, each looked up in source maps, and only adds them
 * to its own errors. An error's own trace does not come by this way, and stays.
 */
export function withoutTokenTraces<T>(synthesize: () => T): T {
  const original = traces.captureStackTrace;
  traces.captureStackTrace = () => undefined;
  try {
    return synthesize();
  } finally {
    traces.captureStackTrace = original;
  }
}
