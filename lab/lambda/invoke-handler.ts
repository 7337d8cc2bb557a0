import { AwsError } from "../errors";
import type { AwsResponse, Exchange } from "../gateway/messages";
import type { Stage } from "../gateway/pipeline";
import { arnParts } from "../gateway/principal";
import type { MotoClient } from "../moto/moto-client";
import { resourcePolicyAllows } from "../policy/resource-policy";
import { runAsync, type AsyncInvocationTools } from "./async-invocations";
import { functionArn } from "./function-config";
import type { Invocation } from "./sandbox";

const LOG_TAIL_BYTES = 4_096;

/** Answers Invoke by running the deployed package. */
export function invokeHandler(tools: AsyncInvocationTools, moto: MotoClient): Stage {
  return async (exchange) => {
    const { request } = exchange;
    if (request.service !== "lambda" || request.action !== "Invoke") return undefined;
    const home = { accountId: exchange.accountId, region: request.region };
    const arn = functionArn(String(request.params["FunctionName"]), home);
    const { reservedConcurrency } = await tools.configs.get(arn);
    await mayInvoke(exchange, arn, moto);
    const invocation = { requestId: request.id, functionArn: arn, payload: payloadOf(request.body) };
    switch (request.headers["x-amz-invocation-type"] ?? "RequestResponse") {
      case "DryRun":
        return answer(204, "");
      case "Event":
        void runAsync(invocation, tools);
        return answer(202, "");
      default:
        if (reservedConcurrency === 0) throw new AwsError("TooManyRequestsException", "Rate Exceeded.", 429);
        return invokeNow(invocation, request.headers["x-amz-log-type"] === "Tail", tools);
    }
  };
}

/** Services and other accounts need a statement in the function's policy, as AddPermission writes it. */
async function mayInvoke({ principal }: Exchange, arn: string, moto: MotoClient): Promise<void> {
  const { accountId, region, resource } = arnParts(arn);
  if (principal.type !== "AWSService" && principal.accountId === accountId) return;
  const rest = { method: "GET", path: `/2015-03-31/functions/${resource.split(":")[1]}/policy` };
  const stored = await moto(accountId, {
    service: "lambda",
    region,
    action: "GetPolicy",
    params: {},
    rest,
  }).catch((error: unknown) => {
    if (error instanceof AwsError && error.status === 404) return {};
    throw error;
  });
  const text = (stored as { Policy?: string }).Policy;
  const policy: unknown = text === undefined ? undefined : JSON.parse(text);
  if (await resourcePolicyAllows({ policy, principal, action: "lambda:InvokeFunction", resourceArn: arn }))
    return;
  const caller =
    principal.type === "AWSService" ? `${principal.service} (${principal.sourceArn})` : principal.arn;
  throw new AwsError(
    "AccessDeniedException",
    `${caller} is not authorized to perform: lambda:InvokeFunction on resource: ${arn} because no resource-based policy allows the lambda:InvokeFunction action`,
    403,
  );
}

async function invokeNow(
  invocation: Invocation,
  withLog: boolean,
  { runner, logs, clock }: AsyncInvocationTools,
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
