import { nameInArn, readArn } from "../exchange/arn";
import type { AwsRequest, Exchange } from "../exchange/messages";
import type { Guard } from "../exchange/pipeline";
import { callerName, type Principal } from "../exchange/principal";
import { AwsError } from "../shared/errors";
import { accessDenied } from "./access-denied";
import { keyPermissions } from "./encryption";
import { evaluatePolicies, type Decision, type PolicyLevel } from "./evaluate-policies";
import { effectivePolicy } from "./eventbridge-topics";
import { identityOfPrincipal, type Identities } from "./identities";
import type { OrganizationPolicies } from "./organization-policies";
import type { ConditionContext, Permission } from "./permissions/permission";
import { permissionsOf } from "./permissions/permissions-of";
import { EMPTY_STATE, type IdentityState } from "./read-identity";
import { requestContext, type OrganizationFacts } from "./request-context";
import type { LookedUpNames } from "./resource-names";
import type { ResourceFacts, Resources } from "./resources";
import type { UsedPermissions } from "./used-permissions";

/** What {@link authorizer} works with. */
export interface AuthorizerDependencies {
  readonly identities: Identities;
  readonly organization: OrganizationFacts;
  readonly organizationPolicies: OrganizationPolicies;
  readonly resources: Resources;
  readonly names: LookedUpNames;
  readonly used: UsedPermissions;
  readonly log: (line: string) => void;
}

/** The caller, with everything about it that policies look at. */
interface Caller {
  readonly principal: Principal;
  readonly state: IdentityState;
  readonly levels: readonly PolicyLevel[];
  readonly context: ConditionContext;
}

/** STS answers these whatever the policies of the caller say. */
const NEEDS_NO_PERMISSION = new Set(["GetCallerIdentity", "GetSessionToken"]);

const EVERYTHING = {
  name: "root",
  policy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
};

/** Refuses a request that its principal has no permission for, as AWS does. */
export function authorizer(dependencies: AuthorizerDependencies): Guard {
  return async (exchange) => {
    const { request } = exchange;
    const { service, action } = request;
    if (service === "sts" && NEEDS_NO_PERMISSION.has(action)) {
      return;
    }
    const permissions = await permissionsOf(exchange, dependencies.names);
    const caller = await callerOf(exchange, dependencies);
    for (const permission of permissions) {
      await check(caller, permission, request, dependencies);
    }
  };
}

/** Rejects with the service's error unless the caller has the permission, and those on the KMS key. */
async function check(
  caller: Caller,
  permission: Permission,
  request: AwsRequest,
  dependencies: AuthorizerDependencies,
): Promise<void> {
  const { principal } = caller;
  const facts = await factsOf(permission, principal, dependencies);
  const decision = await evaluate(caller, permission, facts, dependencies);
  if (!decision.allowed) {
    const refusal = accessDenied(request, principal, permission, decision);
    dependencies.log(`refused: ${refusal.message}`);
    throw refusal;
  }
  dependencies.used.add(principal, permission);
  for (const key of await keyPermissions(permission, facts, dependencies.names)) {
    await check(throughService(caller), key, request, dependencies);
  }
}

async function callerOf(exchange: Exchange, dependencies: AuthorizerDependencies): Promise<Caller> {
  const { principal } = exchange;
  const identity = identityOfPrincipal(exchange);
  const state =
    identity === undefined
      ? stateWithoutPolicies(principal)
      : await dependencies.identities.stateOf(identity);
  const levels =
    principal.type === "AWSService"
      ? []
      : await dependencies.organizationPolicies.levelsOver(principal.accountId);
  return { principal, state, levels, context: requestContext(exchange, state, dependencies.organization) };
}

/** Only service control policies limit the root user. */
function stateWithoutPolicies(principal: Principal): IdentityState {
  return principal.type === "Root" ? { ...EMPTY_STATE, identityPolicies: [EVERYTHING] } : EMPTY_STATE;
}

/**
 * A service that uses a key for EventBridge does not say whom it acts for: conditions on
 * `aws:SourceAccount` and `aws:SourceArn` are not supported there (SNS guide, "Enable compatibility between
 * event sources from AWS services and encrypted topics").
 */
function throughService(caller: Caller): Caller {
  const { principal, context } = caller;
  if (principal.type !== "AWSService" || principal.service !== "events.amazonaws.com") {
    return caller;
  }
  const kept = Object.entries(context).filter(([key]) => !key.startsWith("aws:Source"));
  return { ...caller, context: Object.fromEntries(kept) };
}

/**
 * Policy and key of the resource. Where it is missing, the service itself says so to principals of the same
 * account.
 */
async function factsOf(
  permission: Permission,
  principal: Principal,
  { identities, resources }: AuthorizerDependencies,
): Promise<ResourceFacts> {
  const { resourceArn } = permission;
  const none: ResourceFacts = { policy: undefined };
  if (!usesResourcePolicy(permission, principal)) {
    return none;
  }
  if (readArn(resourceArn).service === "iam") {
    // The trust policy of a role is its resource policy.
    const role = await identities.role(readArn(resourceArn).accountId, nameInArn(resourceArn));
    if (role === undefined) {
      throw noSuchRole(principal, permission);
    }
    return { policy: role.trustPolicy };
  }
  try {
    return await resources.facts(resourceArn);
  } catch (error) {
    if (!(error instanceof AwsError) || error.status >= 500) {
      throw error;
    }
    if (principal.type !== "AWSService" && principal.accountId === permission.accountId) {
      return none;
    }
    throw error;
  }
}

/** Whether a resource-based policy applies to this action. */
function usesResourcePolicy({ action, resourceArn }: Permission, principal: Principal): boolean {
  if (resourceArn.includes("*") || action.split(":")[0] === "iam") {
    return false;
  }
  // CloudWatch Logs applies its resource policies to services only.
  return readArn(resourceArn).service !== "logs" || principal.type === "AWSService";
}

/** STS does not reveal whether a role exists. */
function noSuchRole(principal: Principal, permission: Permission): AwsError {
  const decision = { allowed: false, kind: "resource-based policy", explicit: false } as const;
  return accessDenied({ service: "sts", protocol: "query" }, principal, permission, decision);
}

async function evaluate(
  { principal, state, levels, context }: Caller,
  permission: Permission,
  facts: ResourceFacts,
  { identities }: AuthorizerDependencies,
): Promise<Decision> {
  const sessionPolicy = principal.type === "AssumedRole" ? principal.sessionPolicy : undefined;
  const policies = [state, levels, facts.policy, sessionPolicy];
  const tags = mentionsResourceTags(policies) ? await identities.tagsOf(permission.resourceArn) : {};
  return evaluatePolicies({
    principal: callerName(principal),
    action: permission.action,
    resourceArn: permission.resourceArn,
    accountId: permission.accountId,
    context: { ...context, ...permission.context, ...tags },
    identityPolicies: state.identityPolicies,
    boundary: state.boundary,
    sessionPolicy,
    resourcePolicy: effectivePolicy(facts.policy, permission, principal),
    levels,
  });
}

/** Resource tags are read only when a policy has a condition on them. */
function mentionsResourceTags(policies: unknown): boolean {
  return /:ResourceTag\//i.test(JSON.stringify(policies));
}
