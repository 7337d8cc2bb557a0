import { nameInArn, readArn } from "../exchange/arn";
import type { AwsCall } from "../exchange/build-request";
import type { MotoClient } from "../exchange/moto-client";
import { AwsError } from "../shared/errors";
import { prefixed, readTags } from "./request-context";

/**
 * The tags of a resource as `aws:ResourceTag/...` and, for IAM, `iam:ResourceTag/...`. Empty
 * without tags, and for resource types whose tags the lab does not read.
 */
export async function resourceTags(moto: MotoClient, arn: string): Promise<Record<string, string>> {
  const { service, region, accountId } = readArn(arn);
  const listing = listingOf(arn);
  if (listing === undefined) {
    return {};
  }
  const call = { service, region: region === "" ? "us-east-1" : region, ...listing };
  try {
    const answer = await moto(accountId, call);
    const tags = readTags(answer["Tags"] ?? answer["tags"]);
    const ofIam = service === "iam" ? prefixed("iam:ResourceTag/", tags) : {};
    return { ...prefixed("aws:ResourceTag/", tags), ...ofIam };
  } catch (error) {
    // The service itself says that the resource is missing.
    if (error instanceof AwsError && error.status < 500) {
      return {};
    }
    throw error;
  }
}

function listingOf(arn: string): Pick<AwsCall, "action" | "params" | "rest"> | undefined {
  const { service, accountId, resource } = readArn(arn);
  const name = nameInArn(arn);
  switch (service) {
    case "iam":
      if (resource.startsWith("user/")) {
        return { action: "ListUserTags", params: { UserName: name } };
      }
      if (resource.startsWith("role/")) {
        return { action: "ListRoleTags", params: { RoleName: name } };
      }
      if (resource.startsWith("policy/")) {
        return { action: "ListPolicyTags", params: { PolicyArn: arn } };
      }
      return undefined;
    case "sns":
      return { action: "ListTagsForResource", params: { ResourceArn: arn } };
    case "sqs":
      return { action: "ListQueueTags", params: { QueueUrl: `http://localhost/${accountId}/${resource}` } };
    case "events":
      return { action: "ListTagsForResource", params: { ResourceARN: arn } };
    case "kms":
      return resource.startsWith("key/") ? { action: "ListResourceTags", params: { KeyId: arn } } : undefined;
    case "lambda": {
      const path = `/2017-03-31/tags/${encodeURIComponent(arn)}`;
      return { action: "ListTags", params: {}, rest: { method: "GET", path } };
    }
    default:
      return undefined;
  }
}
