/** V8's capture of a stack trace into an object: https://v8.dev/docs/stack-trace-api */
const traces: { captureStackTrace: (target: object, below?: () => unknown) => void } = Error;

/**
 * Runs a synthesis without the stack trace that CDKTF captures for every token it makes (cdktf 0.21,
 * tokens/private/stack-trace). There are tens of thousands, each looked up in source maps, and CDKTF only
 * adds them to its own errors. Errors keep their own stack trace: V8 does not call this function for them.
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
