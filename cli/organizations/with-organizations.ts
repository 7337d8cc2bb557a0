import { awsOrganizations } from "./aws-api";
import { organizationsClient, type AwsAccess } from "./aws-client";
import { explainError } from "./explain-error";
import type { OrganizationsApi } from "./organization";

/**
 * Works with AWS Organizations.
 *
 * @throws CommandError when AWS refuses, with what to do.
 */
export async function withOrganizations<T>(
  access: AwsAccess,
  work: (api: OrganizationsApi) => Promise<T>,
): Promise<T> {
  const client = await organizationsClient(access);
  try {
    return await work(await awsOrganizations(client));
  } catch (error) {
    throw explainError(error);
  } finally {
    client.destroy();
  }
}
