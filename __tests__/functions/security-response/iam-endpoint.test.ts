import { IAMClient } from "@aws-sdk/client-iam";
import { iamEndpoint } from "../../../functions/security-response/containment/iam-endpoint";

test.each([
  ["aws", "us-east-1"],
  ["aws", "eu-central-1"],
  ["aws-us-gov", "us-gov-east-1"],
  ["aws-cn", "cn-northwest-1"],
])("in %s the endpoint is the one that the SDK has for %s", (partition, Region) => {
  const { endpointProvider } = new IAMClient({ region: Region }).config;

  const { url, properties } = endpointProvider({ Region, UseFIPS: false, UseDualStack: false });

  const [scheme] = (properties?.["authSchemes"] ?? []) as readonly { readonly signingRegion: string }[];
  const endpoint = iamEndpoint(partition, {});
  expect(endpoint?.url.href).toBe(url.href);
  expect(endpoint?.region).toBe(scheme?.signingRegion);
});

test("a setting that is off is none", () => {
  expect(iamEndpoint("aws", { AWS_USE_FIPS_ENDPOINT: "false" })?.url.host).toBe("iam.amazonaws.com");
});

test("the environment may name another endpoint, for IAM before one for all services", () => {
  const all = { AWS_ENDPOINT_URL: "http://127.0.0.1:4100" };

  const ofAll = iamEndpoint("aws", all);
  const ofIam = iamEndpoint("aws", { ...all, AWS_ENDPOINT_URL_IAM: "http://127.0.0.1:4200" });

  expect([ofAll?.url.port, ofIam?.url.port]).toEqual(["4100", "4200"]);
});

test.each([
  ["a partition that is not in the table", "aws-iso", {}],
  ["FIPS endpoints", "aws", { AWS_USE_FIPS_ENDPOINT: "true" }],
  ["dual-stack endpoints", "aws", { AWS_USE_DUALSTACK_ENDPOINT: "true" }],
  ["an endpoint that is no URL", "aws", { AWS_ENDPOINT_URL: "localhost" }],
])("%s are left to the SDK", (_, partition, env) => {
  expect(iamEndpoint(partition, env)).toBeUndefined();
});
