import type { OrganizationsClient } from "@aws-sdk/client-organizations";
import { RETRIES } from "./throttling";

/** How AWS is reached. */
export interface AwsAccess {
  /** Any Region of the partition: Organizations has one endpoint in each. */
  readonly region: string;
  /** Role to assume with the credentials of the environment; undefined uses those. */
  readonly roleArn: string | undefined;
}

/**
 * A client with the SDK's own chain of credentials. The SDK is loaded here, so that other commands do
 * without.
 */
export async function organizationsClient({ region, roleArn }: AwsAccess): Promise<OrganizationsClient> {
  const sdk = await import("@aws-sdk/client-organizations");
  return new sdk.OrganizationsClient({
    region,
    ...RETRIES,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 20_000 },
    ...(roleArn !== undefined && { credentials: await sessionOf(roleArn, region) }),
  });
}

async function sessionOf(RoleArn: string, region: string) {
  const { fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
  const params = { RoleArn, RoleSessionName: "quarantine-accounts-import" };
  return fromTemporaryCredentials({ params, clientConfig: { region, ...RETRIES } });
}
