// Runs one function as Lambda would: loads it, then answers one event a line of standard input, one after the
// other. Answers are the lines of standard output that begin with "bench: "; all others are the function's
// own.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { handler } = createRequire(import.meta.url)(process.argv[2]);

for await (const line of createInterface({ input: process.stdin })) {
  const { event, requestId, timeoutMs } = JSON.parse(line);
  const started = performance.now();
  const used = process.cpuUsage();
  let error;
  let errorType;
  try {
    const left = () => timeoutMs - (performance.now() - started);
    const invokedFunctionArn = "arn:aws:lambda:us-east-1:111122223333:function:security-response";
    await handler(event, { awsRequestId: requestId, invokedFunctionArn, getRemainingTimeInMillis: left });
  } catch (thrown) {
    error = String(thrown);
    errorType = thrown?.name; // as Lambda reports it
  }
  const { user, system } = process.cpuUsage(used);
  const memory = process.resourceUsage().maxRSS;
  const answer = {
    error,
    errorType,
    wallMs: performance.now() - started,
    cpuMs: (user + system) / 1_000,
    peakMb: (memory * 1_024) / 1e6,
  };
  process.stdout.write(`bench: ${JSON.stringify(answer)}\n`);
}
