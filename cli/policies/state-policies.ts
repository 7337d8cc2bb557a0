import { parseArn } from "../../functions/shared/arn";
import type { S3State } from "../../stacks/config/backend";
import type { Partition } from "../../stacks/names";
import { policyDocument, type PolicyDocument, type Statement } from "../../stacks/policies/document";
import { oneOrMore } from "./grants";

/**
 * The permissions that a role needs for the states in S3: `backend.roleArn`, or the runner's own role without
 * it. A role for plans takes no lock and writes nothing.
 */
export function statePolicies(
  { bucket, keyPrefix, kmsKeyId, region }: S3State,
  partition: Partition,
): { readonly plan: PolicyDocument; readonly apply: PolicyDocument } {
  const arn = `arn:${partition}:s3:::${bucket}`;
  const states = `${arn}/${keyPrefix}/*`;
  const find: Statement = { Sid: "FindStates", Effect: "Allow", Action: "s3:ListBucket", Resource: arn };
  const encrypt = (Sid: string, Action: readonly string[]): Statement[] =>
    kmsKeyId === undefined ? [] : [encryption(Sid, Action, kmsKeyId, region)];
  return {
    plan: policyDocument(
      find,
      { Sid: "ReadStates", Effect: "Allow", Action: "s3:GetObject", Resource: states },
      ...encrypt("DecryptStates", ["kms:Decrypt"]),
    ),
    apply: policyDocument(
      find,
      {
        Sid: "ReadAndWriteStates",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: states,
      },
      { Sid: "ReleaseLocks", Effect: "Allow", Action: "s3:DeleteObject", Resource: `${states}.tflock` },
      ...encrypt("EncryptStates", ["kms:GenerateDataKey", "kms:Decrypt"]),
    ),
  };
}

/** Only through S3. A policy cannot name an alias as a resource, so the key's aliases are a condition. */
function encryption(Sid: string, Action: readonly string[], kmsKeyId: string, region: string): Statement {
  const {
    partition = "aws",
    region: keyRegion = region,
    accountId = "*",
    resource = "",
  } = parseArn(kmsKeyId) ?? {};
  const isAlias = resource.startsWith("alias/");
  // The documentation for China gives no example, so both DNS suffixes are allowed there.
  const suffixes = partition === "aws-cn" ? ["amazonaws.com", "amazonaws.com.cn"] : ["amazonaws.com"];
  const via = suffixes.map((each) => `s3.${region}.${each}`);
  return {
    Sid,
    Effect: "Allow",
    Action,
    Resource: isAlias ? `arn:${partition}:kms:${keyRegion}:${accountId}:key/*` : kmsKeyId,
    Condition: {
      StringEquals: { "kms:ViaService": oneOrMore(via) },
      ...(isAlias && { "ForAnyValue:StringEquals": { "kms:ResourceAliases": resource } }),
    },
  };
}
