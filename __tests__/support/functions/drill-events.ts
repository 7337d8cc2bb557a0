import { DRILL_NAME, DRILL_PATH, type DrillOutcome, type Outcome } from "../../../functions/contract";
import { apiCallEvent, MEMBER, sessionOf } from "./api-call-event";

/** What differs between the events of one drill in the tests. */
export interface DrillFields {
  readonly accountId?: string;
  readonly userName?: string;
  /** ISO 8601: when the user was created. */
  readonly createdAt?: string;
}

const USER = "drill-3f9c0a";
const CREATED_AT = "2026-11-24T17:41:20Z";

/** The envelope of what a Lambda destination puts on the default bus. */
export function lambdaEvent(accountId: string, functionName: string, responsePayload: object) {
  const functionArn = `arn:aws:lambda:us-east-1:${accountId}:function:${functionName}:$LATEST`;
  return {
    version: "0",
    id: "0f5d2a64-7f60-4f5d-8a35-7d0f6a3f3c11",
    "detail-type": "Lambda Function Invocation Result - Success",
    source: "lambda",
    account: accountId,
    time: "2026-11-24T17:41:52Z",
    region: "us-east-1",
    resources: [`arn:aws:events:us-east-1:${accountId}:event-bus/default`, functionArn],
    detail: {
      version: "1.0",
      timestamp: "2026-11-24T17:41:52.120Z",
      requestContext: {
        requestId: "a6b0c1de-52ff-4a57-8a0e-90b7e0a2f1c4",
        functionArn,
        condition: "Success",
        approximateInvokeCount: 1,
      },
      requestPayload: {},
      responsePayload,
    },
  };
}

/** A drill's outcome, as it is forwarded. */
export function drillEnded(
  changes: Partial<Record<keyof DrillOutcome, unknown>> = {},
  { accountId = MEMBER, userName = USER, createdAt = CREATED_AT }: DrillFields = {},
) {
  const outcome: DrillOutcome = {
    schemaVersion: "1",
    kind: "drill",
    status: "PASSED",
    summary: `The response denied the drill's user ${userName} in account research (${accountId}) after 9.2 s.`,
    accountId,
    accountName: "research",
    version: "0.2.0",
    userName,
    startedAt: createdAt,
    secondsToContained: 6.5,
    secondsToDenied: 9.2,
    alerted: true,
    failed: [],
    leftOvers: [],
  };
  return lambdaEvent(accountId, DRILL_NAME, { ...outcome, ...changes });
}

/** CloudTrail's record of the creation of a drill's user. */
export function drillUserCreated(
  { accountId = MEMBER, userName = USER, createdAt = CREATED_AT }: DrillFields = {},
  userIdentity: unknown = sessionOf(`arn:aws:iam::${accountId}:role/${DRILL_NAME}`),
) {
  return apiCallEvent({
    ...{ service: "iam", eventName: "CreateUser", accountId, eventTime: createdAt, userIdentity },
    requestParameters: { userName, path: DRILL_PATH },
  });
}

/** The responder's outcome about a drill's user, as far as it matters here. */
export function drillUserQuarantined({ accountId = MEMBER, userName = USER }: DrillFields = {}) {
  const outcome: Partial<Outcome> = { status: "QUARANTINED", userName, drill: "nobody" };
  return lambdaEvent(accountId, "security-response", outcome);
}
