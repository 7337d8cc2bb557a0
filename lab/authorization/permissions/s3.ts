import { onArn, optionalText, textOf, type PermissionInput, type Permission } from "./permission";

/** Permissions of S3 requests: ARNs of buckets and objects name neither Region nor account. */
export function s3Permissions(input: PermissionInput): readonly Permission[] {
  const bucket = `arn:aws:s3:::${textOf(input, "Bucket")}`;
  const key = optionalText(input, "Key");
  const prefix = optionalText(input, "Prefix");
  return [
    onArn(
      input,
      `s3:${input.request.action}`,
      key === undefined ? bucket : `${bucket}/${key}`,
      prefix === undefined ? {} : { "s3:prefix": prefix },
    ),
  ];
}
