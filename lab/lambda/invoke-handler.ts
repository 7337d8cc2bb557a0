import { functionArn } from "../exchange/arn";
import type { AwsResponse } from "../exchange/messages";
import type { Handler } from "../exchange/pipeline";
import { AwsError } from "../shared/errors";
import { runAsync, type AsyncInvocationDependencies } from "./async-invocations";
import { functionMetric } from "./function-metric";
import type { Invocation } from "./sandbox";

const LOG_TAIL_BYTES = 4_096;

/** Answers Invoke by running the deployed package. */
export function invokeHandler(dependencies: AsyncInvocationDependencies): Handler {
  return async (exchange) => {
    const { request } = exchange;
    if (request.service !== "lambda" || request.action !== "Invoke") {
      return undefined;
    }
    const home = { accountId: exchange.accountId, region: request.region };
    const arn = functionArn(String(request.params["FunctionName"]), home);
    const { reservedConcurrency } = await dependencies.configs.get(arn);
    const invocation = { requestId: request.id, functionArn: arn, payload: payloadOf(request.body) };
    switch (request.headers["x-amz-invocation-type"] ?? "RequestResponse") {
      case "DryRun":
        return answer(204, "");
      case "Event":
        void runAsync(invocation, dependencies);
        return answer(202, "");
      default:
        if (reservedConcurrency === 0) {
          dependencies.record(functionMetric(arn, "Throttles"));
          throw new AwsError("TooManyRequestsException", "Rate Exceeded.", 429);
        }
        return invokeNow(invocation, request.headers["x-amz-log-type"] === "Tail", dependencies);
    }
  };
}

async function invokeNow(
  invocation: Invocation,
  withLog: boolean,
  { runner, logs, clock }: AsyncInvocationDependencies,
): Promise<AwsResponse> {
  const run = await runner.run(invocation);
  logs.add(run, invocation.requestId, clock.now());
  const tail = Buffer.from(run.output).subarray(-LOG_TAIL_BYTES).toString("base64");
  return answer(200, run.payload, {
    "content-type": "application/json",
    "x-amz-executed-version": "$LATEST",
    ...(run.functionError === undefined ? {} : { "x-amz-function-error": run.functionError }),
    ...(withLog ? { "x-amz-log-result": tail } : {}),
  });
}

function payloadOf(body: Buffer): string {
  const text = body.length === 0 ? "{}" : body.toString("utf8");
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw new AwsError("InvalidRequestContentException", "Could not parse request body into json.");
  }
}

function answer(status: number, body: string, headers: Record<string, string> = {}): AwsResponse {
  return { status, headers, body: Buffer.from(body) };
}
