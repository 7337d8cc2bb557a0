import { onArn, optionalText, textOf, type PermissionInput, type Permission } from "./permission";

/** Permissions of SQS requests. */
export function sqsPermissions(input: PermissionInput): readonly Permission[] {
  return [onArn(input, `sqs:${input.request.action}`, queueOf(input))];
}

/** A request names a queue by its URL, `https://HOST/ACCOUNT/NAME`, or by its name. */
function queueOf(input: PermissionInput): string {
  const { region, accountId } = input.home;
  const url = optionalText(input, "QueueUrl");
  if (url !== undefined) {
    const [owner = accountId, name = ""] = url.split("/").slice(-2);
    return `arn:aws:sqs:${region}:${owner}:${name}`;
  }
  const source = optionalText(input, "SourceArn");
  if (source !== undefined) {
    return source;
  }
  const owner = optionalText(input, "QueueOwnerAWSAccountId") ?? accountId;
  return `arn:aws:sqs:${region}:${owner}:${textOf(input, "QueueName")}`;
}
