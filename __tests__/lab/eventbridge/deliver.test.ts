import { deliver, type Addressed, type DeliveryDependencies } from "../../../lab/eventbridge/deliver";
import type { RuleTarget } from "../../../lab/eventbridge/rule-book";
import type { BusEvent } from "../../../lab/exchange/bus-event";
import { AwsError } from "../../../lab/shared/errors";
import fixture from "../../fixtures/lab/outcome-event.json";
import { manualClock } from "../../support/lab/manual-clock";

const RULE_ARN = "arn:aws:events:us-east-1:444455556666:rule/r";
const FUNCTION_ARN = "arn:aws:lambda:us-east-1:444455556666:function:f";
const QUEUE_ARN = "arn:aws:sqs:us-east-1:444455556666:dead-letters";
const THROTTLED = new AwsError("ThrottlingException", "slow down", 400);

function addressed(target: Partial<RuleTarget> = {}): Addressed {
  return {
    bus: { accountId: "444455556666", region: "us-east-1", name: "default" },
    rule: { name: "r", arn: RULE_ARN, matches: () => true, targets: [] },
    target: { Id: "t", Arn: FUNCTION_ARN, DeadLetterConfig: { Arn: QUEUE_ARN }, ...target },
    event: fixture as BusEvent,
    ingestedAt: new Date("2026-01-05T08:00:00Z"),
  };
}

function dependencies(send: jest.Mock, call = jest.fn().mockResolvedValue({})) {
  const clock = manualClock();
  const log: string[] = [];
  const given: DeliveryDependencies = {
    send,
    call,
    clock,
    retryDelaysMs: [100, 200],
    record: () => undefined,
    log: (line) => log.push(line),
  };
  return { given, call, clock, log };
}

function buried(call: jest.Mock): { body: unknown; attributes: Record<string, string | undefined> } {
  expect(call).toHaveBeenCalledTimes(1);
  const [, sent] = call.mock.calls[0] as [unknown, { action: string; params: Record<string, unknown> }];
  expect(sent.action).toBe("SendMessage");
  const attributes = sent.params["MessageAttributes"] as Record<string, { StringValue: string }>;
  return {
    body: JSON.parse(String(sent.params["MessageBody"])),
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, { StringValue }]) => [name, StringValue]),
    ),
  };
}

describe("deliver", () => {
  test("sends once when the target accepts it", async () => {
    const send = jest.fn().mockResolvedValue(undefined);
    const { given, call } = dependencies(send);

    await deliver(addressed(), given);

    expect(send).toHaveBeenCalledTimes(1);
    expect(call).not.toHaveBeenCalled();
  });

  test("retries after throttling, with the given pauses", async () => {
    const send = jest
      .fn()
      .mockRejectedValueOnce(THROTTLED)
      .mockRejectedValueOnce(THROTTLED)
      .mockRejectedValueOnce(THROTTLED);
    const { given, call, clock } = dependencies(send.mockResolvedValue(undefined));

    await deliver(addressed(), given);

    expect(send).toHaveBeenCalledTimes(4);
    expect(clock.slept).toEqual([100, 200, 200]);
    expect(call).not.toHaveBeenCalled();
  });

  test("sends the event to the dead-letter queue after the last retry", async () => {
    const send = jest.fn().mockRejectedValue(THROTTLED);
    const { given, call } = dependencies(send);

    await deliver(addressed({ RetryPolicy: { MaximumRetryAttempts: 2 } }), given);

    expect(send).toHaveBeenCalledTimes(3);
    expect(buried(call)).toEqual({
      body: fixture,
      attributes: {
        RULE_ARN,
        TARGET_ARN: FUNCTION_ARN,
        ERROR_CODE: "THROTTLING",
        ERROR_MESSAGE: "slow down",
        EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts",
        RETRY_ATTEMPTS: "2",
      },
    });
  });

  test("sends the event to the dead-letter queue when it is too old", async () => {
    const { given, call } = dependencies(
      jest.fn().mockRejectedValue(new AwsError("ServiceException", "down", 500)),
    );

    await deliver(addressed({ RetryPolicy: { MaximumEventAgeInSeconds: 1 } }), given);

    expect(buried(call).attributes).toMatchObject({
      ERROR_CODE: "ERROR_FROM_TARGET",
      EXHAUSTED_RETRY_CONDITION: "MaximumEventAgeInSeconds",
    });
  });

  test.each([
    ["AccessDeniedException", "NO_PERMISSIONS"],
    ["ResourceNotFoundException", "NO_RESOURCE"],
    ["InvalidParameter", "SDK_CLIENT_ERROR"],
  ])("does not retry after %s", async (code, expected) => {
    const send = jest.fn().mockRejectedValue(new AwsError(code, "no", 400));
    const { given, call } = dependencies(send);

    await deliver(addressed(), given);

    expect(send).toHaveBeenCalledTimes(1);
    expect(buried(call).attributes).toMatchObject({ ERROR_CODE: expected, RETRY_ATTEMPTS: "0" });
  });

  test("sends nothing when the input template does not give JSON", async () => {
    const send = jest.fn();
    const { given, call } = dependencies(send);

    await deliver(addressed({ InputTransformer: { InputTemplate: '{"broken": }' } }), given);

    expect(send).not.toHaveBeenCalled();
    expect(buried(call).attributes).toMatchObject({ ERROR_CODE: "INVALID_JSON" });
  });

  test("logs what is lost when the dead-letter queue refuses it", async () => {
    const call = jest.fn().mockRejectedValue(new AwsError("AccessDenied", "closed", 403));
    const { given, log } = dependencies(
      jest.fn().mockRejectedValue(new AwsError("AccessDenied", "no", 403)),
      call,
    );

    await deliver(addressed(), given);

    expect(log.at(-1)).toMatch(/^event lost: .*dead-letters: closed$/);
  });
});
