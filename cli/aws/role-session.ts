import type { Agent } from "node:https";
import type { fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { hasProxy, ProxyAgent } from "../proxy";

type Provider = ReturnType<typeof fromTemporaryCredentials>;

/** Whose credentials a client of the command line uses. */
export interface RoleSession {
  /** Undefined for the credentials of the environment. */
  readonly roleArn: string | undefined;
  /** Name of the session in CloudTrail. A trust policy may require it. */
  readonly sessionName: string;
  /**
   * The person behind the session, for CloudTrail. It stays the same when the session assumes other roles.
   * The role's trust policy must allow `sts:SetSourceIdentity`. @default - none
   */
  readonly sourceIdentity?: string;
}

/** Region, retries and time-outs of a client, and of the one that assumes its role. */
export interface ClientSettings {
  readonly region: string;
  readonly maxAttempts: number;
  readonly retryMode?: "standard" | "adaptive";
  readonly requestHandler?: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout?: boolean;
    /** @default - the SDK's own: nothing goes by a proxy */
    readonly httpsAgent?: Agent;
  };
}

/**
 * Settings for many accounts at once: enough attempts for throttled calls, and time-outs for calls that hang.
 */
export function clientSettings(region: string): ClientSettings {
  return {
    region,
    maxAttempts: 8,
    requestHandler: {
      ...{ connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
      ...proxySettings(),
    },
  };
}

/** What sends the requests of a client by the proxy of the environment, as Terraform's go. */
export function proxySettings(): { readonly httpsAgent?: Agent } {
  return hasProxy(process.env) ? { httpsAgent: new ProxyAgent(process.env) } : {};
}

/**
 * The one place where the command line opens a session of a role. The SDK is loaded here, because other
 * commands do not need it.
 *
 * @returns Assumes the role when it is first called.
 */
export async function roleCredentials(
  { roleArn: RoleArn, sessionName: RoleSessionName, sourceIdentity: SourceIdentity }: RoleSession,
  settings: ClientSettings,
): Promise<Provider> {
  const sdk = await import("@aws-sdk/credential-providers");
  // Without a Region: it would count for IAM Identity Center too, which is in the one of the profile.
  const { maxAttempts, requestHandler = {} } = settings;
  const own = sdk.fromNodeProviderChain({ clientConfig: { maxAttempts, requestHandler } });
  if (RoleArn === undefined) {
    return own;
  }
  return sdk.fromTemporaryCredentials({
    masterCredentials: own,
    params: { RoleArn, RoleSessionName, ...(SourceIdentity !== undefined && { SourceIdentity }) },
    clientConfig: settings,
  });
}
