import type { IAMClient } from "@aws-sdk/client-iam";
import { messageOf } from "../../functions/shared/message-of";
import type { Rollout } from "../../stacks/config/rollout";
import { AccountNames } from "../../stacks/names";
import { CommandError } from "../errors";
import { quarantineOf, type QuarantinedUser } from "./quarantined-users";

/** Attempts of each call: IAM throttles an account with many users. */
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
      `${accountId}: expected to read its IAM users as ${names.roleArn(deploymentRole)}, got: ${messageOf(cause)}`,
      { cause },
    );
  }
}

async function quarantinedUsers(client: IAMClient, names: AccountNames): Promise<QuarantinedUser[]> {
  const { paginateGetAccountAuthorizationDetails } = await import("@aws-sdk/client-iam");
  const found: QuarantinedUser[] = [];
  for await (const page of paginateGetAccountAuthorizationDetails({ client }, { Filter: ["User"] })) {
    const users = page.UserDetailList ?? [];
    const stranger = users.find(({ Arn }) => Arn?.split(":")[4] !== names.accountId);
    if (stranger !== undefined) {
      throw new Error(`the users of another account, ${stranger.Arn}`);
    }
    found.push(...users.flatMap((user) => quarantineOf(user, names.quarantinePolicyArn) ?? []));
  }
  return found;
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
