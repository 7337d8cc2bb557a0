import { readFileSync } from "node:fs";
import path from "node:path";
import { statePolicies } from "../../../cli/policies/state-policies";

const DOCUMENT = readFileSync(path.join(__dirname, "../../../docs/state.md"), "utf8");
const KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const SETTINGS = {
  type: "s3",
  bucket: "example-terraform-state",
  region: "eu-central-1",
  keyPrefix: "iam-user-quarantine",
  kmsKeyId: "arn:aws:kms:eu-central-1:111122223333:alias/terraform-state",
} as const;

test("the policy for states is the one of docs/state.md", () => {
  const [, documented = ""] = /```json\n([^`]*)```/.exec(DOCUMENT) ?? [];

  expect(statePolicies(SETTINGS, "aws").apply).toEqual(JSON.parse(documented));
});

test("who plans reads states, and neither locks nor writes them", () => {
  const { plan } = statePolicies(SETTINGS, "aws");

  expect(plan.Statement.flatMap(({ Action }) => Action)).toEqual([
    "s3:ListBucket",
    "s3:GetObject",
    "kms:Decrypt",
  ]);
});

test("a key by its ARN is named itself, and S3's own needs nothing", () => {
  const own = statePolicies({ ...SETTINGS, kmsKeyId: KEY }, "aws").apply.Statement.at(-1);
  const withoutKey = { ...SETTINGS, kmsKeyId: undefined };

  expect(own).toMatchObject({
    Resource: KEY,
    Condition: { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } },
  });
  expect(own?.Condition).not.toHaveProperty("ForAnyValue:StringEquals");
  expect(JSON.stringify(statePolicies(withoutKey, "aws"))).not.toContain("kms:");
});
