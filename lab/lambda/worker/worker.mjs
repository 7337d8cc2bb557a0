// Runs one deployed function. Started by the lab with the function's environment; talks over Node's IPC
// channel.

import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

process.on("disconnect", () => process.exit(0));

const machineNow = Date.now;

async function loadHandler() {
  const [, file, name] = /^(.*)\.([^.]+)$/.exec(process.env._HANDLER) ?? [];
  const candidates = [".js", ".mjs", ".cjs"].map((ending) =>
    path.join(process.env.LAMBDA_TASK_ROOT, file + ending),
  );
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined) {
    throw named("Runtime.ImportModuleError", `Error: Cannot find module '${file}'`);
  }
  const loaded = await import(pathToFileURL(found).href);
  const handler = loaded[name] ?? loaded.default?.[name];
  if (typeof handler !== "function") {
    throw named("Runtime.HandlerNotFound", `${process.env._HANDLER} is undefined or not exported`);
  }
  return handler;
}

function named(name, message) {
  return Object.assign(new Error(message), { name });
}

function describe(error) {
  if (!(error instanceof Error)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") };
}

function contextFor(invocation) {
  const environment = process.env;
  return {
    awsRequestId: invocation.requestId,
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: invocation.functionArn,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, invocation.deadlineMs - machineNow()),
  };
}

function call(handler, event, context) {
  if (handler.length < 3) {
    return handler(event, context);
  }
  return new Promise((resolve, reject) => {
    const result = handler(event, context, (error, value) => (error ? reject(error) : resolve(value)));
    if (typeof result?.then === "function") {
      result.then(resolve, reject);
    }
  });
}

// The lab reads these marks to know that it has seen everything the run printed.
function markEnd() {
  process.stdout.write("\0end of run\0");
  process.stderr.write("\0end of run\0");
}

async function main() {
  let handler;
  try {
    handler = await loadHandler();
  } catch (error) {
    process.send({ type: "failed-to-load", error: describe(error) }, () => process.exit(1));
    return;
  }
  process.on("message", async (invocation) => {
    let answer;
    // The lab's clock may have been moved forward.
    Date.now = () => machineNow() + invocation.aheadMs;
    try {
      const result = await call(handler, JSON.parse(invocation.payload), contextFor(invocation));
      answer = { type: "result", payload: JSON.stringify(result) ?? "null" };
    } catch (error) {
      answer = { type: "error", error: describe(error) };
    }
    markEnd();
    process.send(answer);
  });
  process.send({ type: "ready" });
}

void main();
