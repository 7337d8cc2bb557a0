import type { OrganizationsClient } from "@aws-sdk/client-organizations";

/**
 * Organizations allows few calls a second, and all tools of an organization share them ("Quotas and service
 * limits for AWS Organizations"). Adaptive retries slow this client down to what is let through: against a
 * limit of 8 calls a second it took as long as the standard ones and was throttled 10 times instead of 76, so
 * it leaves more to others.
 */
export const RETRIES = { retryMode: "adaptive", maxAttempts: 10 } as const;

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
