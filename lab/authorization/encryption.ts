import { readArn } from "../exchange/arn";
import type { Permission, ResourceNames } from "./permissions/permission";
import type { ResourceFacts } from "./resources";

/** Actions that write to or read from an encrypted topic or queue. */
const USES_KEY = new Set(["sns:Publish", "sqs:SendMessage", "sqs:ReceiveMessage"]);

/**
 * The permissions that a caller needs on the KMS key of a topic or queue; none where no KMS key is set.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export async function keyPermissions(
  permission: Permission,
  { keyId }: ResourceFacts,
  names: ResourceNames,
): Promise<readonly Permission[]> {
  const { action, resourceArn } = permission;
  if (keyId === undefined || !USES_KEY.has(action)) {
    return [];
  }
  const { service, region, accountId } = readArn(resourceArn);
  const key = await names.key(keyId, { accountId, region });
  const context = { "kms:ViaService": `${service}.${region}.amazonaws.com` };
  const needed = action === "sqs:ReceiveMessage" ? ["kms:Decrypt"] : ["kms:GenerateDataKey", "kms:Decrypt"];
  return needed.map((kmsAction) => ({
    action: kmsAction,
    resourceArn: key,
    accountId: readArn(key).accountId,
    context,
    via: service,
  }));
}
