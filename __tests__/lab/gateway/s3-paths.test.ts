import { readS3Path } from "../../../lab/gateway/s3-paths";

const read = (method: string, url: string, headers = {}) =>
  readS3Path(method, new URL(url, "http://gateway"), headers);

test.each([
  ["PUT", "/states", "CreateBucket", { Bucket: "states" }],
  ["HEAD", "/states/", "HeadBucket", { Bucket: "states" }],
  ["GET", "/states?list-type=2&prefix=env%3A%2F", "ListObjectsV2", { Bucket: "states", Prefix: "env:/" }],
  ["GET", "/states/a/1.tfstate?x-id=GetObject", "GetObject", { Bucket: "states", Key: "a/1.tfstate" }],
  ["HEAD", "/states/a%20b", "HeadObject", { Bucket: "states", Key: "a b" }],
  ["PUT", "/states/a/1.tfstate?x-id=PutObject", "PutObject", { Bucket: "states", Key: "a/1.tfstate" }],
  ["DELETE", "/states/a/1.tfstate.tflock", "DeleteObject", { Bucket: "states", Key: "a/1.tfstate.tflock" }],
])("%s %s is %s", (method, url, action, params) => {
  expect(read(method, url)).toEqual({ action, params });
});

test.each([
  ["GET", "/"],
  ["GET", "/states"],
  ["DELETE", "/states"],
  ["POST", "/states/a?uploads"],
  ["PUT", "/states?versioning"],
  ["PUT", "/states/a?acl"],
  ["GET", "/states/a?versionId=1"],
])("%s %s is unknown, so it is never authorized by mistake", (method, url) => {
  expect(read(method, url)).toBeUndefined();
});

test("a copy is not read as a plain write", () => {
  expect(read("PUT", "/states/a", { "x-amz-copy-source": "/others/secret" })).toBeUndefined();
});
