/** How an asynchronous invocation ended. */
export type InvocationCondition = "Success" | "RetriesExhausted" | "EventAgeExceeded";

/** An asynchronous invocation that has ended. */
export interface FinishedInvocation {
  readonly requestId: string;
  /** Unqualified. */
  readonly functionArn: string;
  readonly condition: InvocationCondition;
  /** How often the function ran. */
  readonly invokeCount: number;
  readonly requestPayload: unknown;
  /** Absent when the function never ran. */
  readonly response?: { readonly payload: unknown; readonly functionError?: string };
}

/**
 * The record that Lambda sends to a destination.
 * Shape: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function invocationRecord(finished: FinishedInvocation, timestamp: Date): Record<string, unknown> {
  const { response } = finished;
  return {
    version: "1.0",
    timestamp: timestamp.toISOString(),
    requestContext: {
      requestId: finished.requestId,
      functionArn: `${finished.functionArn}:$LATEST`,
      condition: finished.condition,
      approximateInvokeCount: finished.invokeCount,
    },
    requestPayload: finished.requestPayload,
    ...(response === undefined
      ? {}
      : {
          responseContext: {
            statusCode: 200,
            executedVersion: "$LATEST",
            ...(response.functionError === undefined ? {} : { functionError: response.functionError }),
          },
          responsePayload: response.payload,
        }),
  };
}

/** The PutEvents entry of a record whose destination is an event bus. */
export function invocationEvent(
  finished: FinishedInvocation,
  record: Record<string, unknown>,
  destinationBusArn: string,
): Record<string, unknown> {
  const result = finished.condition === "Success" ? "Success" : "Failure";
  return {
    Source: "lambda",
    DetailType: `Lambda Function Invocation Result - ${result}`,
    Resources: [destinationBusArn, `${finished.functionArn}:$LATEST`],
    Detail: JSON.stringify(record),
    EventBusName: destinationBusArn,
  };
}
