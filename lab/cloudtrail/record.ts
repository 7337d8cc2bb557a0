import { eventTime, type BusEvent } from "../exchange/bus-event";
import type { Exchange } from "../exchange/messages";
import type { AwsError } from "../shared/errors";
import { requestParameters, responseElements } from "./elements";
import { userIdentity } from "./user-identity";

/** CloudTrail delivers IAM's events in this Region, whatever Region the caller's client has. */
export const IAM_REGION = "us-east-1";

/**
 * IAM's error codes to which CloudTrail adds `Exception`; other codes stay unchanged.
 */
const IAM_EXCEPTIONS = new Set([
  "ConcurrentModification",
  "DeleteConflict",
  "EntityAlreadyExists",
  "EntityTemporarilyUnmodifiable",
  "InvalidInput",
  "LimitExceeded",
  "MalformedPolicyDocument",
  "NoSuchEntity",
  "PasswordPolicyViolation",
  "UnmodifiableEntity",
]);

/** IAM refuses these before it reads the input, so CloudTrail has no input to record. */
const REFUSED_UNREAD = new Set(["AccessDenied", "Throttling", "InvalidClientTokenId"]);

/** How a call ended. */
export type CallResult =
  { readonly output: Readonly<Record<string, unknown>> } | { readonly error: AwsError };

/** Whether CloudTrail counts an IAM action as a write. */
export function isWrite(action: string): boolean {
  return action !== "" && !/^(Get|List|Simulate|Generate)/.test(action);
}

/**
 * The CloudTrail record of an IAM call. Shape:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function buildRecord(
  exchange: Exchange,
  result: CallResult,
  eventId: string,
): Record<string, unknown> {
  const { request, principal } = exchange;
  return {
    eventVersion: "1.11",
    userIdentity: userIdentity(principal),
    eventTime: eventTime(exchange.receivedAt),
    eventSource: "iam.amazonaws.com",
    eventName: request.action,
    awsRegion: IAM_REGION,
    sourceIPAddress: principal.type === "AWSService" ? principal.service : request.sourceIp,
    userAgent: request.userAgent,
    ...resultElements(request.params, result),
    requestID: request.id,
    eventID: eventId,
    readOnly: false,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: exchange.accountId,
    eventCategory: "Management",
    tlsDetails: {
      tlsVersion: "TLSv1.3",
      cipherSuite: "TLS_AES_128_GCM_SHA256",
      clientProvidedHostHeader: "iam.amazonaws.com",
    },
  };
}

function resultElements(
  params: Readonly<Record<string, unknown>>,
  result: CallResult,
): Record<string, unknown> {
  if ("output" in result) {
    return {
      requestParameters: requestParameters(params),
      responseElements: responseElements(result.output),
    };
  }
  const { code, message } = result.error;
  return {
    errorCode: IAM_EXCEPTIONS.has(code) ? `${code}Exception` : code,
    errorMessage: message,
    requestParameters: REFUSED_UNREAD.has(code) ? null : requestParameters(params),
    responseElements: null,
  };
}

/** The event that CloudTrail puts on the default bus of the account for a record. */
export function buildEvent(record: Record<string, unknown>, eventId: string): BusEvent {
  return {
    version: "0",
    id: eventId,
    "detail-type": "AWS API Call via CloudTrail",
    source: "aws.iam",
    account: String(record["recipientAccountId"]),
    time: String(record["eventTime"]),
    region: IAM_REGION,
    resources: [],
    detail: record,
  };
}
