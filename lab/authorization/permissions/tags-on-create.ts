import type { AwsRequest } from "../../exchange/messages";

/**
 * Who makes something with tags needs the permission to tag it too, on the same resource. Documented: IAM
 * guide, "Tagging IAM resources"; Lambda guide, "Using tags on functions"; SQS API reference, "CreateQueue";
 * SNS API reference, "TagResource"; KMS guide, "Controlling access to tags" (on no key in particular);
 * CloudWatch Logs API reference, "CreateLogGroup"; CloudWatch API reference, "PutMetricAlarm". Inferred from
 * these: EventBridge and Organizations.
 */
const TAGGING: Readonly<Record<string, string>> = {
  "events:CreateEventBus": "events:TagResource",
  "events:PutRule": "events:TagResource",
  "iam:CreatePolicy": "iam:TagPolicy",
  "iam:CreateRole": "iam:TagRole",
  "iam:CreateUser": "iam:TagUser",
  "kms:CreateKey": "kms:TagResource",
  "lambda:CreateFunction": "lambda:TagResource",
  "logs:CreateLogGroup": "logs:TagResource",
  "monitoring:PutMetricAlarm": "cloudwatch:TagResource",
  "organizations:CreatePolicy": "organizations:TagResource",
  "sns:CreateTopic": "sns:TagResource",
  "sqs:CreateQueue": "sqs:TagQueue",
};

/** The permission to tag that a request needs besides its own; undefined for one that makes no tags. */
export function taggingAction({ service, action, params }: AwsRequest): string | undefined {
  // SQS alone calls them `tags` over JSON and `Tag` over the query protocol.
  const given = params["Tags"] ?? params["tags"] ?? params["Tag"];
  const isTagged = typeof given === "object" && given !== null && Object.keys(given).length > 0;
  return isTagged ? TAGGING[`${service}:${action}`] : undefined;
}
