import { onArn, optionalText, textOf, type Asked, type Permission } from "./permission";

/** Permissions of S3 requests: ARNs of buckets and objects name neither Region nor account. */
export function s3Permissions(asked: Asked): readonly Permission[] {
  const bucket = `arn:aws:s3:::${textOf(asked, "Bucket")}`;
  const key = optionalText(asked, "Key");
  const prefix = optionalText(asked, "Prefix");
  return [
    onArn(
      asked,
      `s3:${asked.request.action}`,
      key === undefined ? bucket : `${bucket}/${key}`,
      prefix === undefined ? {} : { "s3:prefix": prefix },
    ),
  ];
}
