import { s3States } from "../../../cli/review/s3-states";
import type { S3State } from "../../../stacks/config/backend";
import { AwsStub } from "../../support/cli/aws-stub";

const BACKEND: S3State = {
  type: "s3",
  bucket: "example-terraform-state",
  region: "eu-central-1",
  keyPrefix: "security/quarantine",
  roleArn: "arn:aws:iam::111122223333:role/terraform-state",
};
const STATE = JSON.stringify({ version: 4, serial: 3, lineage: "a", resources: [] });
const WRITTEN = { "last-modified": "Mon, 30 Nov 2026 09:30:00 GMT" };
const target = { name: "payments", accountId: "444455556666", wave: "canary" };

const stub = new AwsStub();
stub.install();

function errorOf(code: string, message: string): string {
  return `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}

test("the object under the account's id is the state, and was applied when it was written", async () => {
  stub.answers = [{ status: 200, body: STATE, headers: WRITTEN }];

  expect(await s3States(BACKEND)(target)).toMatchObject({
    kind: "read",
    state: { serial: 3 },
    appliedAt: "2026-11-30T09:30:00.000Z",
  });
  const reads = stub.asked.filter(({ action }) => action !== "AssumeRole");
  expect(reads.map(({ url }) => url)).toEqual([
    "/example-terraform-state/security/quarantine/444455556666.tfstate?x-id=GetObject",
  ]);
});

test("states are read as the backend's role, in Terraform's session, and in the bucket's Region", async () => {
  stub.answers = [STATE, STATE].map((body) => ({ status: 200, body, headers: WRITTEN }));
  const readState = s3States(BACKEND);

  await readState(target);
  await readState(target);

  const [assume, ...reads] = stub.asked;
  expect(Object.fromEntries(new URLSearchParams(assume?.body))).toMatchObject({
    RoleArn: BACKEND.roleArn,
    RoleSessionName: "iam-user-quarantine",
  });
  expect(reads.map(({ headers }) => headers.authorization)).toEqual(
    [1, 2].map(() => expect.stringMatching(/=ASIASESSION\/\d+\/eu-central-1\/s3\//) as string),
  );
});

test("without a role, states are read with the credentials of the environment", async () => {
  const backend = { ...BACKEND, roleArn: undefined };
  stub.answers = [{ status: 200, body: STATE, headers: WRITTEN }];

  await s3States(backend)(target);

  expect(stub.asked.map(({ headers }) => headers.authorization)).toEqual([
    expect.stringContaining("AKIAOPERATOR"),
  ]);
});

test("an account without an object has no state", async () => {
  stub.answers = [{ status: 404, body: errorOf("NoSuchKey", "The specified key does not exist.") }];

  expect(await s3States(BACKEND)(target)).toEqual({ kind: "none" });
});

test.each([
  [403, "AccessDenied", "User: terraform-state is not authorized to perform: kms:Decrypt"],
  [404, "NoSuchBucket", "The specified bucket does not exist"],
])("an answer %d %s is an account that cannot be read", async (status, code, message) => {
  stub.answers = [{ status, body: errorOf(code, message) }];

  expect(await s3States(BACKEND)(target)).toEqual({ kind: "unreadable", error: `${code}: ${message}` });
});

test("an object that is no state cannot be read", async () => {
  stub.answers = [{ status: 200, body: STATE.slice(0, 30), headers: WRITTEN }];

  expect(await s3States(BACKEND)(target)).toEqual({
    kind: "unreadable",
    error:
      "s3://example-terraform-state/security/quarantine/444455556666.tfstate: expected a Terraform state of version 4, found no JSON object",
  });
});
