/** Action and parameters of an S3 request. */
export interface S3Request {
  readonly action: string;
  readonly params: Record<string, string>;
}

/** By method: the action on a bucket, and the action on an object. */
const ACTIONS: Readonly<Record<string, { readonly bucket?: string; readonly object?: string }>> = {
  DELETE: { object: "DeleteObject" },
  GET: { bucket: "ListObjectsV2", object: "GetObject" },
  HEAD: { bucket: "HeadBucket", object: "HeadObject" },
  PUT: { bucket: "CreateBucket", object: "PutObject" },
};

/** Parameters that do not change the action of a request; `x-id` only repeats its name. */
const HARMLESS = new Set([
  "continuation-token",
  "delimiter",
  "encoding-type",
  "list-type",
  "max-keys",
  "prefix",
  "x-id",
]);

/**
 * The part of the S3 API that Terraform uses for its state, with the bucket in the path, as SDKs send it to
 * an IP address.
 *
 * @returns Undefined for an unknown request.
 */
export function readS3Path(
  method: string,
  url: URL,
  headers: Readonly<Record<string, string>>,
): S3Request | undefined {
  const [, bucket = "", ...rest] = url.pathname.split("/").map(decodeURIComponent);
  const key = rest.join("/");
  const action = ACTIONS[method]?.[key === "" ? "bucket" : "object"];
  const isOther = [...url.searchParams.keys()].some((name) => !HARMLESS.has(name));
  if (action === undefined || bucket === "" || isOther || "x-amz-copy-source" in headers) {
    return undefined;
  }
  if (action === "ListObjectsV2" && url.searchParams.get("list-type") !== "2") {
    return undefined;
  }
  const prefix = url.searchParams.get("prefix");
  return {
    action,
    params: {
      Bucket: bucket,
      ...(key === "" ? {} : { Key: key }),
      ...(prefix === null ? {} : { Prefix: prefix }),
    },
  };
}
