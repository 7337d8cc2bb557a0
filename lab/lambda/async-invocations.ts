import { messageOf } from "../../functions/shared/message-of";
import type { RecordMetric } from "../cloudwatch/metrics";
import type { InternalCaller } from "../exchange/internal-caller";
import type { Clock } from "../shared/clock";
import { sendToDestination } from "./destinations";
import type { FunctionConfigs } from "./function-config";
import type { FunctionLogs } from "./function-logs";
import { functionMetric } from "./function-metric";
import type { FunctionRun, FunctionRunner } from "./function-runner";
import type { FinishedInvocation, InvocationCondition } from "./invocation-record";
import type { Invocation } from "./sandbox";

export interface AsyncInvocationDependencies {
  readonly configs: FunctionConfigs;
  readonly runner: FunctionRunner;
  readonly logs: FunctionLogs;
  readonly call: InternalCaller;
  readonly clock: Clock;
  /**
   * Pauses before retries; the last one repeats. Lambda waits one and then two minutes.
   */
  readonly retryDelaysMs: readonly number[];
  readonly record: RecordMetric;
  readonly log: (line: string) => void;
}

/** Pause before the next look at a function whose concurrency is set to 0. */
const THROTTLED_PAUSE_MS = 250;

/**
 * Runs an asynchronous invocation as Lambda does: retries, maximum age, destinations. Never rejects.
 */
export async function runAsync(
  invocation: Invocation,
  dependencies: AsyncInvocationDependencies,
): Promise<void> {
  try {
    await runUntilFinished(invocation, dependencies);
  } catch (error) {
    dependencies.log(`invocation lost: ${invocation.functionArn}: ${messageOf(error)}`);
  }
}

async function runUntilFinished(
  invocation: Invocation,
  dependencies: AsyncInvocationDependencies,
): Promise<void> {
  const { clock, configs, runner, record, retryDelaysMs } = dependencies;
  const accepted = clock.now().getTime();
  record(functionMetric(invocation.functionArn, "AsyncEventsReceived"));
  let run: FunctionRun | undefined;
  for (let count = 0; ;) {
    const config = await configs.get(invocation.functionArn);
    const aged = clock.now().getTime() - accepted >= config.async.maximumEventAgeSeconds * 1000;
    if (aged) {
      return finish(invocation, "EventAgeExceeded", count, run, dependencies);
    }
    if (config.reservedConcurrency === 0) {
      record(functionMetric(invocation.functionArn, "Throttles"));
      await clock.sleep(THROTTLED_PAUSE_MS);
      continue;
    }
    run = await runner.run(invocation);
    count++;
    dependencies.logs.add(run, invocation.requestId, clock.now());
    if (run.functionError === undefined) {
      return finish(invocation, "Success", count, run, dependencies);
    }
    if (count > config.async.maximumRetryAttempts) {
      return finish(invocation, "RetriesExhausted", count, run, dependencies);
    }
    await clock.sleep(retryDelaysMs[Math.min(count, retryDelaysMs.length) - 1] ?? 0);
  }
}

async function finish(
  invocation: Invocation,
  condition: InvocationCondition,
  invokeCount: number,
  run: FunctionRun | undefined,
  { call, clock, configs, runner, record, log }: AsyncInvocationDependencies,
): Promise<void> {
  const { async } = await configs.get(invocation.functionArn);
  const destination = condition === "Success" ? async.onSuccess : async.onFailure;
  if (condition !== "Success") {
    record(functionMetric(invocation.functionArn, "AsyncEventsDropped"));
    log(`invocation failed: ${invocation.functionArn} (${condition}): ${run?.payload ?? "it never ran"}`);
  }
  if (destination === undefined) {
    return;
  }
  const finished: FinishedInvocation = {
    requestId: invocation.requestId,
    functionArn: invocation.functionArn,
    condition,
    invokeCount,
    requestPayload: JSON.parse(invocation.payload),
    ...(run === undefined ? {} : { response: responseOf(run) }),
  };
  try {
    const role = await runner.roleOf(invocation.functionArn);
    await sendToDestination(call, role, destination, finished, clock.now());
  } catch (error) {
    record(functionMetric(invocation.functionArn, "DestinationDeliveryFailures"));
    log(
      `invocation record lost: ${invocation.functionArn} cannot send it to ${destination}: ${messageOf(error)}`,
    );
  }
}

function responseOf(run: FunctionRun): NonNullable<FinishedInvocation["response"]> {
  const payload: unknown = JSON.parse(run.payload);
  return run.functionError === undefined ? { payload } : { payload, functionError: run.functionError };
}
