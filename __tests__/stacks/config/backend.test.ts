import type { Backend } from "../../../stacks/config/backend";
import { parseRollout } from "../../../stacks/config/load";
import { SAMPLE_YAML } from "../../support/stacks/sample";

const S3 = "type: s3, bucket: example-terraform-state, region: eu-central-1";
const CLOUD = "type: cloud, organization: example";
const KEY = "arn:aws:kms:eu-central-1:111122223333:alias/terraform-state";
const ROLE = "arn:aws:iam::111122223333:role/ops/terraform-state";

/** Resolves a configuration with this backend, written as a YAML flow mapping without its braces. */
function backendOf(fields: string, yaml = SAMPLE_YAML): Backend {
  return parseRollout("rollout.yaml", `backend: { ${fields} }\n${yaml}`, "/project").backend;
}

test("local state lies beside the configuration", () => {
  expect(backendOf("type: local")).toEqual({ type: "local", directory: "/project/state" });
  expect(backendOf("type: local, directory: ../states")).toEqual({ type: "local", directory: "/states" });
});

test("S3 needs a bucket and its Region", () => {
  expect(backendOf(S3)).toEqual({
    type: "s3",
    bucket: "example-terraform-state",
    region: "eu-central-1",
    keyPrefix: "iam-user-quarantine",
    kmsKeyId: undefined,
    roleArn: undefined,
  });
});

test("S3 takes a key, a role and a folder of its own", () => {
  expect(
    backendOf(`${S3}, keyPrefix: security/quarantine, kmsKeyId: "${KEY}", roleArn: "${ROLE}"`),
  ).toMatchObject({
    keyPrefix: "security/quarantine",
    kmsKeyId: KEY,
    roleArn: ROLE,
  });
});

test("HCP Terraform needs an organization", () => {
  expect(backendOf(CLOUD)).toEqual({
    type: "cloud",
    organization: "example",
    workspacePrefix: "iam-user-quarantine-",
    project: undefined,
    hostname: undefined,
  });
});

test("HCP Terraform takes a prefix, a project and the host of Terraform Enterprise", () => {
  const fields = 'workspacePrefix: sec-, project: Cloud security, hostname: "tfe.example.com:8443"';

  expect(backendOf(`${CLOUD}, ${fields}`)).toMatchObject({
    workspacePrefix: "sec-",
    project: "Cloud security",
    hostname: "tfe.example.com:8443",
  });
});

test.each([
  "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-4cde-9876-56ef1234567a",
  "arn:aws:kms:eu-central-1:111122223333:key/mrk-1234abcd12ab34cd56ef123456789012",
])("the key %s is one that Terraform takes", (key) => {
  expect(backendOf(`${S3}, kmsKeyId: "${key}"`)).toMatchObject({ kmsKeyId: key });
});

test("the bucket, its key and its role may lie in another partition when the accounts do", () => {
  const fields = `type: s3, bucket: example-terraform-state, region: cn-north-1,
    kmsKeyId: "arn:aws-cn:kms:cn-north-1:111122223333:alias/state", roleArn: "arn:aws-cn:iam::111122223333:role/state"`;
  const yaml = SAMPLE_YAML.replace("arn:aws:", "arn:aws-cn:");

  expect(backendOf(fields, `partition: aws-cn\n${yaml}`)).toMatchObject({ region: "cn-north-1" });
});

const TEMPLATE = "${path.root}";

/** A backend, the place of its mistake and what the operator is told. */
test.each([
  ["directory: state", "type: expected one of local, s3, cloud; found nothing"],
  ["type: gcs", 'type: expected one of local, s3, cloud; found "gcs"'],
  [`type: local, directory: "${TEMPLATE}"`, "directory: expected a folder, whose name has no ${"],
  ['type: local, directory: "%{if true}"', "directory: expected a folder, whose name has no ${"],
  ["type: s3, region: eu-central-1", "bucket: expected the name of an S3 bucket"],
  [S3.replace("example-", "Example-"), "bucket: expected the name of an S3 bucket"],
  [S3.replace("example-terraform-state", "192.0.2.7"), "bucket: expected the name of an S3 bucket"],
  [S3.replace("example-terraform-state", "a..b"), "bucket: expected the name of an S3 bucket"],
  ["type: s3, bucket: example-terraform-state", "region: expected an AWS Region such as eu-central-1"],
  [S3.replace("eu-central-1", "Frankfurt"), "region: expected an AWS Region such as eu-central-1"],
  [S3.replace("eu-central-1", "us-gov-west-1"), "region: expected a Region of the partition aws"],
  [`${S3}, keyPrefix: /states`, "keyPrefix: expected letters, digits and _.-, in parts divided by /"],
  [`${S3}, keyPrefix: a/../b`, "keyPrefix: expected letters, digits and _.-, in parts divided by /"],
  [`${S3}, keyPrefix: "${TEMPLATE}"`, "keyPrefix: expected letters, digits and _.-, in parts divided by /"],
  [`${S3}, kmsKeyId: alias/terraform-state`, "kmsKeyId: expected the ARN of a KMS key or of an alias"],
  [
    `${S3}, kmsKeyId: "arn:aws:kms:eu-central-1:111122223333:key/1"`,
    "kmsKeyId: expected the ARN of a KMS key or of an alias",
  ],
  [`${S3}, kmsKeyId: "${KEY.replace("aws", "aws-cn")}"`, "kmsKeyId: expected an ARN of the partition aws"],
  [
    `${S3}, kmsKeyId: "${KEY.replace("central", "west")}"`,
    "kmsKeyId: expected a key in the bucket's Region eu-central-1",
  ],
  [`${S3}, roleArn: terraform-state`, "roleArn: expected the ARN of a role"],
  [`${S3}, roleArn: "${ROLE.replace("role", "user")}"`, "roleArn: expected the ARN of a role"],
  [`${S3}, roleArn: "${ROLE.replace("aws", "aws-us-gov")}"`, "roleArn: expected an ARN of the partition aws"],
  ["type: cloud", "organization: expected the name of an HCP Terraform organization"],
  [
    "type: cloud, organization: Example Inc.",
    "organization: expected the name of an HCP Terraform organization",
  ],
  [`${CLOUD}, workspacePrefix: "a b"`, "workspacePrefix: expected 1 to 78 letters"],
  [`${CLOUD}, workspacePrefix: "${TEMPLATE}"`, "workspacePrefix: expected 1 to 78 letters"],
  [`${CLOUD}, project: "${TEMPLATE}"`, "project: expected the name of a project"],
  [`${CLOUD}, hostname: "https://tfe.example.com"`, "hostname: expected the host of a Terraform Enterprise"],
])("{ %s } is refused: backend.%s", (fields, told) => {
  expect(() => backendOf(fields)).toThrow(`backend.${told}`);
});

test.each([
  [`${S3}, kmsKey: x`, "kmsKey", "bucket, region, keyPrefix, kmsKeyId, roleArn", "kmsKeyId"],
  [`${CLOUD}, workspacesPrefix: x`, "workspacesPrefix", "organization, workspacePrefix", "workspacePrefix"],
  ["type: local, directroy: x", "directroy", "type, directory", "directory"],
])("{ %s } names a key that this kind of backend has not", (fields, key, known, nearest) => {
  const parse = () => backendOf(fields);

  expect(parse).toThrow(`backend.${key}: expected one of the keys`);
  expect(parse).toThrow(known);
  expect(parse).toThrow(`did you mean ${nearest}?`);
});
