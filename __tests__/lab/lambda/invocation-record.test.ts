import {
  invocationEvent,
  invocationRecord,
  type FinishedInvocation,
} from "../../../lab/lambda/invocation-record";

const TIME = new Date("2026-01-05T08:00:00.250Z");
const FUNCTION_ARN = "arn:aws:lambda:us-east-1:444455556666:function:security-response";
const BUS_ARN = "arn:aws:events:us-east-1:444455556666:event-bus/default";

const SUCCESS: FinishedInvocation = {
  requestId: "8f95b843-50b4-431b-89e5-56d1f962dde7",
  functionArn: FUNCTION_ARN,
  condition: "Success",
  invokeCount: 1,
  requestPayload: { id: "event" },
  response: { payload: { status: "QUARANTINED" } },
};

describe("invocationRecord", () => {
  test("has the shape Lambda sends after a success", () => {
    const record = invocationRecord(SUCCESS, TIME);

    expect(record).toEqual({
      version: "1.0",
      timestamp: "2026-01-05T08:00:00.250Z",
      requestContext: {
        requestId: SUCCESS.requestId,
        functionArn: `${FUNCTION_ARN}:$LATEST`,
        condition: "Success",
        approximateInvokeCount: 1,
      },
      requestPayload: { id: "event" },
      responseContext: { statusCode: 200, executedVersion: "$LATEST" },
      responsePayload: { status: "QUARANTINED" },
    });
  });

  test("names the function's error after the last retry", () => {
    const failed: FinishedInvocation = {
      ...SUCCESS,
      condition: "RetriesExhausted",
      invokeCount: 3,
      response: { payload: { errorType: "Error" }, functionError: "Unhandled" },
    };

    const record = invocationRecord(failed, TIME);

    expect(record).toMatchObject({
      requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 3 },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: { errorType: "Error" },
    });
  });

  test("has no response when the function never ran", () => {
    const { requestId, functionArn, requestPayload } = SUCCESS;
    const neverRun = { requestId, functionArn, requestPayload };

    const record = invocationRecord({ ...neverRun, condition: "EventAgeExceeded", invokeCount: 0 }, TIME);

    expect(Object.keys(record)).toEqual(["version", "timestamp", "requestContext", "requestPayload"]);
  });
});

describe("invocationEvent", () => {
  test.each([
    ["Success", "Lambda Function Invocation Result - Success"],
    ["RetriesExhausted", "Lambda Function Invocation Result - Failure"],
    ["EventAgeExceeded", "Lambda Function Invocation Result - Failure"],
  ] as const)("announces %s as %s", (condition, detailType) => {
    const event = invocationEvent({ ...SUCCESS, condition }, { version: "1.0" }, BUS_ARN);

    expect(event).toEqual({
      Source: "lambda",
      DetailType: detailType,
      Resources: [BUS_ARN, `${FUNCTION_ARN}:$LATEST`],
      Detail: '{"version":"1.0"}',
      EventBusName: BUS_ARN,
    });
  });
});
