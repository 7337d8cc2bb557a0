import type { IAMClient } from "@aws-sdk/client-iam";
import { parseArn } from "../../functions/shared/arn";
import { collectPages } from "../../functions/shared/collect-pages";
import { messageOf } from "../../functions/shared/message-of";
import type { Rollout } from "../../stacks/config/rollout";
import { AccountNames } from "../../stacks/names";
import { CommandError } from "../errors";
import { quarantineOf, type QuarantinedUser } from "./quarantined-users";

/** Attempts per call: IAM throttles in an account with many users. */
const ATTEMPTS = 8;

/**
 * Every user of an account that is still quarantined, read with the role that Terraform assumes there.
 *
 * @throws CommandError when the account cannot be read.
 */
export async function listQuarantined(
  { partition, deploymentRole }: Rollout,
  accountId: string,
): Promise<QuarantinedUser[]> {
  const names = new AccountNames(partition, accountId);
  try {
    const client = await iamClient(names.roleArn(deploymentRole), names.region);
    return await quarantinedUsers(client, names);
  } catch (cause) {
    throw new CommandError(
      `${accountId}: its IAM users could not be listed as ${names.roleArn(deploymentRole)}: ${messageOf(cause)}`,
      { cause },
    );
  }
}

async function quarantinedUsers(client: IAMClient, names: AccountNames): Promise<QuarantinedUser[]> {
  const { paginateGetAccountAuthorizationDetails } = await import("@aws-sdk/client-iam");
  const pages = paginateGetAccountAuthorizationDetails({ client }, { Filter: ["User"] });
  const users = await collectPages(pages, (page) => page.UserDetailList);
  const stranger = users.find(({ Arn = "" }) => parseArn(Arn)?.accountId !== names.accountId);
  if (stranger !== undefined) {
    throw new Error(`the answer lists a user of another account, ${stranger.Arn}`);
  }
  return users.flatMap((user) => quarantineOf(user, names.quarantinePolicyArn) ?? []);
}

async function iamClient(RoleArn: string, region: string): Promise<IAMClient> {
  const sdk = await import("@aws-sdk/client-iam");
  const { fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
  return new sdk.IAMClient({
    region,
    maxAttempts: ATTEMPTS,
    credentials: fromTemporaryCredentials({
      params: { RoleArn, RoleSessionName: "quarantine-retire" },
      clientConfig: { region, maxAttempts: ATTEMPTS },
    }),
  });
}
