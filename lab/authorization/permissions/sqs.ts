import { onArn, optionalText, textOf, type Asked, type Permission } from "./permission";

/** Permissions of SQS requests. */
export function sqsPermissions(asked: Asked): readonly Permission[] {
  return [onArn(asked, `sqs:${asked.request.action}`, queueOf(asked))];
}

/** A queue is named by its URL, `https://HOST/ACCOUNT/NAME`, or by its name. */
function queueOf(asked: Asked): string {
  const { region, accountId } = asked.home;
  const url = optionalText(asked, "QueueUrl");
  if (url !== undefined) {
    const [owner = accountId, name = ""] = url.split("/").slice(-2);
    return `arn:aws:sqs:${region}:${owner}:${name}`;
  }
  const source = optionalText(asked, "SourceArn");
  if (source !== undefined) {
    return source;
  }
  const owner = optionalText(asked, "QueueOwnerAWSAccountId") ?? accountId;
  return `arn:aws:sqs:${region}:${owner}:${textOf(asked, "QueueName")}`;
}
