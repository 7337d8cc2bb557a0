import type { Exchange } from "../exchange/messages";
import type { Principal } from "../exchange/principal";
import type { ConditionContext } from "./permissions/permission";
import type { IdentityState } from "./read-identity";

/** The organization, for condition keys. */
export interface OrganizationFacts {
  readonly organizationId: string;
  readonly accountIds: readonly string[];
}

/**
 * The condition keys of every request:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function requestContext(
  exchange: Exchange,
  state: IdentityState,
  organization: OrganizationFacts,
): ConditionContext {
  const { request, principal, receivedAt } = exchange;
  return {
    "aws:CurrentTime": `${receivedAt.toISOString().slice(0, 19)}Z`,
    "aws:EpochTime": String(Math.floor(receivedAt.getTime() / 1000)),
    "aws:RequestedRegion": request.region,
    // Clients reach the lab over loopback without TLS, which AWS requires.
    "aws:SecureTransport": "true",
    ...requestTags(request.params),
    ...(principal.type === "AWSService"
      ? ofService(principal)
      : {
          ...ofIdentity(principal, organization),
          "aws:SourceIp": request.sourceIp.replace(/^::ffff:/, ""),
          "aws:UserAgent": request.userAgent,
        }),
    ...prefixed("aws:PrincipalTag/", state.tags),
  };
}

function ofService(principal: Extract<Principal, { type: "AWSService" }>): ConditionContext {
  return {
    "aws:PrincipalIsAWSService": "true",
    "aws:PrincipalServiceName": principal.service,
    "aws:SourceArn": principal.sourceArn,
    "aws:SourceAccount": principal.accountId,
  };
}

function ofIdentity(
  principal: Exclude<Principal, { type: "AWSService" }>,
  { organizationId, accountIds }: OrganizationFacts,
): ConditionContext {
  const inOrganization = accountIds.includes(principal.accountId);
  return {
    "aws:PrincipalIsAWSService": "false",
    // For a session, the ARN of its role.
    "aws:PrincipalArn": principal.type === "AssumedRole" ? principal.roleArn : principal.arn,
    "aws:PrincipalAccount": principal.accountId,
    "kms:CallerAccount": principal.accountId,
    "aws:PrincipalType": PRINCIPAL_TYPES[principal.type],
    "aws:userid": principal.principalId,
    ...(inOrganization ? { "aws:PrincipalOrgID": organizationId } : {}),
    ...(principal.type === "IAMUser" ? { "aws:username": principal.userName } : {}),
    ...(principal.type === "AssumedRole" ? ofSession(principal) : {}),
  };
}

function ofSession({
  sessionTags = {},
  sourceIdentity,
  sourceFunctionArn,
}: Extract<Principal, { type: "AssumedRole" }>): ConditionContext {
  return {
    ...prefixed("aws:PrincipalTag/", sessionTags),
    ...(sourceIdentity !== undefined && { "aws:SourceIdentity": sourceIdentity }),
    ...(sourceFunctionArn !== undefined && { "lambda:SourceFunctionArn": sourceFunctionArn }),
  };
}

const PRINCIPAL_TYPES = { Root: "Account", IAMUser: "User", AssumedRole: "AssumedRole" } as const;

/** Tags that a request sets or removes, in any service's format. */
function requestTags(params: Readonly<Record<string, unknown>>): ConditionContext {
  const tags = readTags(params["Tags"] ?? params["tags"]);
  const removed = params["TagKeys"] ?? params["tagKeys"];
  const keys = Array.isArray(removed) ? removed.map(String) : Object.keys(tags);
  return keys.length === 0 ? {} : { ...prefixed("aws:RequestTag/", tags), "aws:TagKeys": keys };
}

interface ListedTag {
  readonly Key?: string;
  readonly Value?: string;
  readonly TagKey?: string;
  readonly TagValue?: string;
}

/** Reads tags, which are a list of pairs or an object. */
export function readTags(tags: unknown): Record<string, string> {
  if (!Array.isArray(tags)) {
    return typeof tags === "object" ? { ...(tags as Record<string, string>) } : {};
  }
  const pairs = (tags as ListedTag[]).map(({ Key, Value, TagKey, TagValue }): [string, string] => [
    Key ?? TagKey ?? "",
    Value ?? TagValue ?? "",
  ]);
  return Object.fromEntries(pairs);
}

export function prefixed(prefix: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));
}
