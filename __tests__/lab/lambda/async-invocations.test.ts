import { runAsync, type AsyncInvocationDependencies } from "../../../lab/lambda/async-invocations";
import type { AsyncConfig, FunctionConfigs } from "../../../lab/lambda/function-config";
import type { FunctionLogs } from "../../../lab/lambda/function-logs";
import type { FunctionRunner } from "../../../lab/lambda/function-runner";
import { ROLE } from "../../support/lab/exchange";
import { manualClock } from "../../support/lab/manual-clock";

const FUNCTION_ARN = "arn:aws:lambda:us-east-1:444455556666:function:security-response";
const QUEUE_ARN = "arn:aws:sqs:us-east-1:444455556666:dead-letters";
const BUS_ARN = "arn:aws:events:us-east-1:444455556666:event-bus/default";
const INVOCATION = { requestId: "r-1", functionArn: FUNCTION_ARN, payload: '{"id":"event"}' };
const SUCCESS = { payload: '{"status":"QUARANTINED"}', output: "" };
const FAILURE = { payload: '{"errorType":"Error"}', functionError: "Unhandled", output: "" };

function setUp(
  results: object[],
  async: Partial<AsyncConfig> = {},
  reservedConcurrency?: () => number | undefined,
) {
  const config = {
    arn: FUNCTION_ARN,
    async: {
      maximumRetryAttempts: 2,
      maximumEventAgeSeconds: 3600,
      onSuccess: BUS_ARN,
      onFailure: QUEUE_ARN,
      ...async,
    },
  };
  const run = jest.fn();
  for (const result of results) {
    run.mockResolvedValueOnce({ ...result, config });
  }
  const call = jest.fn().mockResolvedValue({});
  const clock = manualClock();
  const log: string[] = [];
  const get = (): unknown => Promise.resolve({ ...config, reservedConcurrency: reservedConcurrency?.() });
  const dependencies: AsyncInvocationDependencies = {
    configs: { get } as unknown as FunctionConfigs,
    runner: { run, roleOf: () => Promise.resolve(ROLE) } as unknown as FunctionRunner,
    logs: { add: () => undefined } as unknown as FunctionLogs,
    call,
    clock,
    retryDelaysMs: [1_000, 2_000],
    record: () => undefined,
    log: (line) => log.push(line),
  };
  return { dependencies, run, call, clock, log };
}

function sent(call: jest.Mock): { principal: unknown; action: string; record: Record<string, unknown> } {
  expect(call).toHaveBeenCalledTimes(1);
  const [principal, { action, params }] = call.mock.calls[0] as [
    unknown,
    { action: string; params: { MessageBody?: string; Entries?: { Detail: string }[] } },
  ];
  const text = params.MessageBody ?? params.Entries?.[0]?.Detail ?? "null";
  return { principal, action, record: JSON.parse(text) as Record<string, unknown> };
}

describe("runAsync", () => {
  test("sends a success to its destination, with the function's role", async () => {
    const { dependencies, call } = setUp([SUCCESS]);

    await runAsync(INVOCATION, dependencies);

    const { principal, action, record } = sent(call);
    expect(principal).toBe(ROLE);
    expect(action).toBe("PutEvents");
    expect(record).toMatchObject({
      requestContext: { condition: "Success", approximateInvokeCount: 1 },
      requestPayload: { id: "event" },
      responsePayload: { status: "QUARANTINED" },
    });
  });

  test("retries with the same request id, and counts the runs", async () => {
    const { dependencies, run, call, clock } = setUp([FAILURE, FAILURE, SUCCESS]);

    await runAsync(INVOCATION, dependencies);

    expect(run.mock.calls).toEqual([[INVOCATION], [INVOCATION], [INVOCATION]]);
    expect(clock.slept).toEqual([1_000, 2_000]);
    expect(sent(call).record).toMatchObject({
      requestContext: { condition: "Success", approximateInvokeCount: 3 },
    });
  });

  test("sends a failure to its destination after the last retry, with the error", async () => {
    const { dependencies, run, call } = setUp([FAILURE, FAILURE, FAILURE]);

    await runAsync(INVOCATION, dependencies);

    expect(run).toHaveBeenCalledTimes(3);
    expect(sent(call)).toMatchObject({
      action: "SendMessage",
      record: {
        requestContext: { requestId: "r-1", condition: "RetriesExhausted", approximateInvokeCount: 3 },
        responseContext: { functionError: "Unhandled" },
        responsePayload: { errorType: "Error" },
      },
    });
  });

  test("does not retry when no retries are configured", async () => {
    const { dependencies, run } = setUp([FAILURE], { maximumRetryAttempts: 0 });

    await runAsync(INVOCATION, dependencies);

    expect(run).toHaveBeenCalledTimes(1);
  });

  test("gives up on an event that is too old", async () => {
    const { dependencies, run, call } = setUp([FAILURE, FAILURE], { maximumEventAgeSeconds: 1 });

    await runAsync(INVOCATION, dependencies);

    expect(run).toHaveBeenCalledTimes(1);
    expect(sent(call).record).toMatchObject({ requestContext: { condition: "EventAgeExceeded" } });
  });

  test("waits while the function's concurrency is 0", async () => {
    let looks = 0;
    const { dependencies, run, call } = setUp([SUCCESS], {}, () => (++looks < 4 ? 0 : undefined));

    await runAsync(INVOCATION, dependencies);

    expect(looks).toBeGreaterThanOrEqual(4);
    expect(run).toHaveBeenCalledTimes(1);
    expect(sent(call).record).toMatchObject({ requestContext: { condition: "Success" } });
  });

  test("sends an event that is too old to its destination without a run", async () => {
    const { dependencies, run, call } = setUp([], { maximumEventAgeSeconds: 1 }, () => 0);

    await runAsync(INVOCATION, dependencies);

    expect(run).not.toHaveBeenCalled();
    expect(sent(call).record).toMatchObject({
      requestContext: { condition: "EventAgeExceeded", approximateInvokeCount: 0 },
    });
  });

  test("logs what is lost when the destination refuses", async () => {
    const { dependencies, call, log } = setUp([SUCCESS]);
    call.mockRejectedValue(new Error("closed"));

    await runAsync(INVOCATION, dependencies);

    expect(log).toEqual([`invocation record lost: ${FUNCTION_ARN} cannot send it to ${BUS_ARN}: closed`]);
  });
});
