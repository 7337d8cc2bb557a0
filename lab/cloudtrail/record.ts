import { eventTime, type BusEvent } from "../exchange/bus-event";
import type { AwsRequest, Exchange } from "../exchange/messages";
import type { AwsError } from "../shared/errors";
import { requestParameters, responseElements } from "./elements";
import type { ManagementEvent } from "./management-events";
import { userIdentity } from "./user-identity";

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

/**
 * Refusals of authorization. CloudTrail has one code for them, whatever the client got: the Lambda guide
 * ("Logging AWS Lambda API calls using AWS CloudTrail") shows it for its own, those of KMS and of the other
 * services are inferred.
 */
const UNAUTHORIZED = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "AuthorizationError",
  "KMSAccessDenied",
]);

/** Services refuse these before they read the input, so CloudTrail has no input to record. */
const REFUSED_UNREAD = /^(AccessDenied|InvalidClientTokenId)$|Throttl|TooManyRequests/;

/** How a call ended. */
export type CallResult =
  { readonly output: Readonly<Record<string, unknown>> } | { readonly error: AwsError };

/**
 * The CloudTrail record of a call. Shape:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function buildRecord(
  exchange: Exchange,
  event: ManagementEvent,
  result: CallResult,
  eventId: string,
): Record<string, unknown> {
  const { request, principal } = exchange;
  const service = principal.type === "AWSService" ? principal.service : undefined;
  return {
    eventVersion: "1.11",
    userIdentity: userIdentity(principal),
    eventTime: eventTime(exchange.receivedAt),
    eventSource: event.eventSource,
    eventName: event.eventName,
    awsRegion: event.region,
    sourceIPAddress: service ?? request.sourceIp,
    userAgent: service ?? request.userAgent,
    ...resultElements(request, result),
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
      clientProvidedHostHeader: hostOf(request.service, event),
    },
  };
}

/** IAM has one endpoint for all Regions. */
function hostOf(service: string, { region, eventSource }: ManagementEvent): string {
  return service === "iam" ? eventSource : `${service}.${region}.amazonaws.com`;
}

function resultElements({ service, params }: AwsRequest, result: CallResult): Record<string, unknown> {
  if ("output" in result) {
    return {
      requestParameters: requestParameters(service, params),
      responseElements: responseElements(service, result.output),
    };
  }
  const code = errorCode(service, result.error.code);
  return {
    errorCode: code,
    errorMessage: result.error.message,
    requestParameters: REFUSED_UNREAD.test(code) ? null : requestParameters(service, params),
    responseElements: null,
  };
}

function errorCode(service: string, code: string): string {
  if (UNAUTHORIZED.has(code)) {
    return "AccessDenied";
  }
  return service === "iam" && IAM_EXCEPTIONS.has(code) ? `${code}Exception` : code;
}

/** The event that CloudTrail puts on the default bus of the account for a record. */
export function buildEvent(
  record: Record<string, unknown>,
  { source, region }: ManagementEvent,
  eventId: string,
): BusEvent {
  return {
    version: "0",
    id: eventId,
    "detail-type": "AWS API Call via CloudTrail",
    source,
    account: String(record["recipientAccountId"]),
    time: String(record["eventTime"]),
    region,
    resources: [],
    detail: record,
  };
}
