/** Where IAM is called, and the Region that its signatures name. */
export interface IamEndpoint {
  readonly url: URL;
  readonly region: string;
}

/** By partition. Source: AWS General Reference, "AWS Identity and Access Management endpoints and quotas". */
const ENDPOINTS: Readonly<Record<string, { readonly url: string; readonly region: string }>> = {
  aws: { url: "https://iam.amazonaws.com", region: "us-east-1" },
  "aws-us-gov": { url: "https://iam.us-gov.amazonaws.com", region: "us-gov-west-1" },
  "aws-cn": { url: "https://iam.cn-north-1.amazonaws.com.cn", region: "cn-north-1" },
};

/** Settings of the SDK that choose another endpoint than the usual one. */
const OTHERS = ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"];

/**
 * The usual endpoint of IAM in a partition, or the one that the environment names instead, as it does for the
 * SDK.
 * @returns undefined when only the SDK knows which it is
 */
export function iamEndpoint(
  partition: string,
  env: Readonly<Record<string, string | undefined>>,
): IamEndpoint | undefined {
  const usual = ENDPOINTS[partition];
  if (!usual || OTHERS.some((name) => env[name] === "true")) {
    return undefined;
  }
  const url = env["AWS_ENDPOINT_URL_IAM"] || env["AWS_ENDPOINT_URL"] || usual.url;
  return URL.canParse(url) ? { url: new URL(url), region: usual.region } : undefined;
}
