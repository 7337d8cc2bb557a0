import {
  onArn,
  optionalText,
  textOf,
  type PermissionInput,
  type Permission,
  type Renaming,
} from "./permission";

/**
 * Actions that have another name in policies (Service Authorization Reference, "Actions, resources, and
 * condition keys for Amazon S3").
 */
export const S3_ACTIONS: Readonly<Record<string, Renaming>> = {
  ...configurations("Analytics"),
  ...configurations("IntelligentTiering"),
  ...configurations("Inventory"),
  ...configurations("Metrics"),
  CompleteMultipartUpload: "PutObject",
  CopyObject: ["GetObject", "PutObject"],
  CreateMultipartUpload: "PutObject",
  DeleteBucketCors: "PutBucketCORS",
  DeleteBucketEncryption: "PutEncryptionConfiguration",
  DeleteBucketLifecycle: "PutLifecycleConfiguration",
  DeleteBucketOwnershipControls: "PutBucketOwnershipControls",
  DeleteBucketReplication: "PutReplicationConfiguration",
  DeleteBucketTagging: "PutBucketTagging",
  DeleteObjects: "DeleteObject",
  DeletePublicAccessBlock: "PutBucketPublicAccessBlock",
  GetBucketAccelerateConfiguration: "GetAccelerateConfiguration",
  GetBucketCors: "GetBucketCORS",
  GetBucketEncryption: "GetEncryptionConfiguration",
  GetBucketLifecycle: "GetLifecycleConfiguration",
  GetBucketLifecycleConfiguration: "GetLifecycleConfiguration",
  GetBucketNotificationConfiguration: "GetBucketNotification",
  GetBucketReplication: "GetReplicationConfiguration",
  GetObjectLockConfiguration: "GetBucketObjectLockConfiguration",
  GetPublicAccessBlock: "GetBucketPublicAccessBlock",
  HeadBucket: "ListBucket",
  HeadObject: "GetObject",
  ListBuckets: "ListAllMyBuckets",
  ListMultipartUploads: "ListBucketMultipartUploads",
  ListObjects: "ListBucket",
  ListObjectsV2: "ListBucket",
  ListObjectVersions: "ListBucketVersions",
  ListParts: "ListMultipartUploadParts",
  PutBucketAccelerateConfiguration: "PutAccelerateConfiguration",
  PutBucketCors: "PutBucketCORS",
  PutBucketEncryption: "PutEncryptionConfiguration",
  PutBucketLifecycle: "PutLifecycleConfiguration",
  PutBucketLifecycleConfiguration: "PutLifecycleConfiguration",
  PutBucketNotificationConfiguration: "PutBucketNotification",
  PutBucketReplication: "PutReplicationConfiguration",
  PutObjectLockConfiguration: "PutBucketObjectLockConfiguration",
  PutPublicAccessBlock: "PutBucketPublicAccessBlock",
  SelectObjectContent: "GetObject",
  UploadPart: "PutObject",
  UploadPartCopy: ["GetObject", "PutObject"],
};

/** The same for S3 Control, whose requests have the signing name of S3 too. */
export const S3_CONTROL_ACTIONS: Readonly<Record<string, Renaming>> = {
  DeletePublicAccessBlock: "PutAccountPublicAccessBlock",
  GetPublicAccessBlock: "GetAccountPublicAccessBlock",
  PutPublicAccessBlock: "PutAccountPublicAccessBlock",
};

/** A bucket has several configurations of such a kind; deleting one is a change of the bucket's. */
function configurations(kind: string): Readonly<Record<string, string>> {
  return {
    [`DeleteBucket${kind}Configuration`]: `Put${kind}Configuration`,
    [`GetBucket${kind}Configuration`]: `Get${kind}Configuration`,
    [`ListBucket${kind}Configurations`]: `Get${kind}Configuration`,
    [`PutBucket${kind}Configuration`]: `Put${kind}Configuration`,
  };
}

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
