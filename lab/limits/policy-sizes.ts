import type { AwsRequest } from "../exchange/messages";
import type { Guard } from "../exchange/pipeline";
import { AwsError } from "../shared/errors";

interface PolicyLimit {
  /** Size of the longest document, in characters for Organizations, else in bytes; white space counts. */
  readonly max: number;
  readonly error: AwsError;
}

const ORGANIZATIONS: PolicyLimit = {
  max: 10_240,
  error: new AwsError("ConstraintViolationException", "You have exceeded the maximum policy size."),
};

const SNS: PolicyLimit = {
  max: 30_720,
  error: new AwsError("InvalidParameter", "Invalid parameter: Policy Reason: Policy is too large"),
};

const SQS: PolicyLimit = {
  max: 8_192,
  error: new AwsError("OverLimit", "Submitted policy is over max allowed size", 403),
};

const KMS: PolicyLimit = {
  max: 32_768,
  error: new AwsError("LimitExceededException", "The policy exceeds the key policy document size limit."),
};

const EVENTS: PolicyLimit = {
  max: 10_240,
  error: new AwsError(
    "PolicyLengthExceededException",
    "Policy size would be larger than the maximum allowed.",
  ),
};

const LOGS: PolicyLimit = {
  max: 51_200,
  error: new AwsError(
    "InvalidParameterException",
    "1 validation error detected: Value at 'policyDocument' failed to satisfy constraint: Member must have length less than or equal to 51200",
  ),
};

/**
 * Sizes as each service's page on quotas says, for SQS that on policies; for SNS the SNS guide ("Amazon SNS
 * API permissions": 30 kb); for CloudWatch Logs the API reference (PutResourcePolicy), since other pages
 * still say 5,120. Codes are of the API references. Inferred:
 * - SNS: the 30,720 bytes, the code for a policy that is too large, and its wording;
 * - SQS: the HTTP status, and the code for CreateQueue: the API's model names it for SetQueueAttributes only;
 * - KMS: that it refuses with this code, and its wording;
 * - EventBridge and CloudWatch Logs: the wording.
 */
const LIMITS: Readonly<Record<string, PolicyLimit>> = {
  "organizations:CreatePolicy": ORGANIZATIONS,
  "organizations:UpdatePolicy": ORGANIZATIONS,
  "sns:CreateTopic": SNS,
  "sns:SetTopicAttributes": SNS,
  "sqs:CreateQueue": SQS,
  "sqs:SetQueueAttributes": SQS,
  "kms:CreateKey": KMS,
  "kms:PutKeyPolicy": KMS,
  "events:PutPermission": EVENTS,
  "logs:PutResourcePolicy": LOGS,
};

/** Refuses a policy document that is larger than its service allows. iam_rules.py does for IAM. */
export const policySizes: Guard = ({ request }) => {
  const limit = LIMITS[`${request.service}:${request.action}`];
  const document = limit === undefined ? undefined : documentOf(request);
  if (limit !== undefined && document !== undefined && sizeOf(request, document) > limit.max) {
    throw limit.error;
  }
};

function sizeOf({ service }: AwsRequest, document: string): number {
  return service === "organizations" ? document.length : Buffer.byteLength(document);
}

function documentOf({ params }: AwsRequest): string | undefined {
  const attribute = params["AttributeName"] === "Policy" ? params["AttributeValue"] : undefined;
  const given = [
    ...[params["Content"], params["Policy"], params["policyDocument"], attribute],
    policyAttribute(params["Attributes"]),
  ];
  return given.find((document) => typeof document === "string");
}

/** The query protocol writes attributes as a list of `key` and `value`, JSON as an object. */
function policyAttribute(attributes: unknown): unknown {
  if (Array.isArray(attributes)) {
    return (attributes as { key: string; value: unknown }[]).find(({ key }) => key === "Policy")?.value;
  }
  return (attributes as Record<string, unknown> | undefined)?.["Policy"];
}
