import { actionFacts } from "./action-facts";
import {
  onArn,
  optionalText,
  textOf,
  UNNAMED,
  UnknownResourceError,
  type PermissionInput,
  type ConditionContext,
  type Permission,
  type ResourceNames,
} from "./permission";

/**
 * Permissions of IAM requests. The Service Authorization Reference says which type of resource an action has.
 */
export async function iamPermissions(
  input: PermissionInput,
  names: ResourceNames,
): Promise<readonly Permission[]> {
  const action = `iam:${input.request.action}`;
  const kinds = (await actionFacts(action))?.resourceTypes ?? [];
  const kind = kinds.length > 1 ? undefined : kinds[0];
  const resourceArn = await resourceOf(kind, input, names);
  return [
    onArn(input, action, resourceArn, { ...(await boundaryInForce(input, names)), ...contextOf(input) }),
  ];
}

async function resourceOf(
  kind: string | undefined,
  input: PermissionInput,
  names: ResourceNames,
): Promise<string> {
  const { accountId } = input.home;
  const named = (type: string, parameter: string): string =>
    `arn:aws:iam::${accountId}:${type}${pathOf(input)}${textOf(input, parameter)}`;
  const { action } = input.request;
  switch (kind) {
    case "user":
      if (action === "CreateUser") {
        return named("user", "UserName");
      }
      if (action === "GetAccessKeyLastUsed") {
        const owner = await names.keyOwner(accountId, textOf(input, "AccessKeyId"));
        return names.iamEntity("user", accountId, owner ?? UNNAMED);
      }
      return names.iamEntity("user", accountId, userNameOf(input));
    case "role":
      if (action === "CreateRole") {
        return named("role", "RoleName");
      }
      if (action === "PassRole") {
        throw new UnknownResourceError(input.request);
      }
      return names.iamEntity("role", accountId, textOf(input, "RoleName"));
    case "group":
      if (action === "CreateGroup") {
        return named("group", "GroupName");
      }
      return names.iamEntity("group", accountId, textOf(input, "GroupName"));
    case "policy":
      return action === "CreatePolicy" ? named("policy", "PolicyName") : textOf(input, "PolicyArn");
    case "instance-profile":
      return named("instance-profile", "InstanceProfileName");
    case "mfa":
      return action === "CreateVirtualMFADevice"
        ? named("mfa", "VirtualMFADeviceName")
        : textOf(input, "SerialNumber");
    case "oidc-provider":
      return textOf(input, "OpenIDConnectProviderArn");
    case "saml-provider":
      return optionalText(input, "SAMLProviderArn") ?? named("saml-provider", "Name");
    case "server-certificate":
      return named("server-certificate", "ServerCertificateName");
    case undefined:
    default:
      return severalKinds(input);
  }
}

/** The few actions with more than one type of resource. */
function severalKinds(input: PermissionInput): string {
  switch (input.request.action) {
    case "DeleteVirtualMFADevice":
      return textOf(input, "SerialNumber");
    case "SimulatePrincipalPolicy":
    case "GetContextKeysForPrincipalPolicy":
      return textOf(input, "PolicySourceArn");
    case "ListPoliciesGrantingServiceAccess":
    case "GenerateServiceLastAccessedDetails":
      return textOf(input, "Arn");
    default:
      throw new UnknownResourceError(input.request);
  }
}

/** IAM uses the caller's name when a request names no user. */
function userNameOf(input: PermissionInput): string {
  const { principal } = input;
  return optionalText(input, "UserName") ?? (principal.type === "IAMUser" ? principal.userName : "root");
}

function pathOf(input: PermissionInput): string {
  return optionalText(input, "Path") ?? "/";
}

/** Actions on the policies of a user or role, which know the boundary that it has. */
const KNOWS_BOUNDARY =
  /^(?:(?:Attach|Detach|Put|Delete)(User|Role)Policy|Delete(User|Role)PermissionsBoundary)$/;

/**
 * `iam:PermissionsBoundary` of a request that does not set one is the boundary that the user or role has
 * (IAM guide, "Available keys for IAM").
 */
async function boundaryInForce(input: PermissionInput, names: ResourceNames): Promise<ConditionContext> {
  const match = KNOWS_BOUNDARY.exec(input.request.action);
  if (match === null) {
    return {};
  }
  const isUser = (match[1] ?? match[2]) === "User";
  const name = isUser ? userNameOf(input) : textOf(input, "RoleName");
  const boundary = await names.boundary(isUser ? "user" : "role", input.home.accountId, name);
  return boundary === undefined ? {} : { "iam:PermissionsBoundary": boundary };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html */
function contextOf(input: PermissionInput): ConditionContext {
  const policyArn = optionalText(input, "PolicyArn");
  const boundary = optionalText(input, "PermissionsBoundary");
  return {
    ...(policyArn === undefined ? {} : { "iam:PolicyARN": policyArn }),
    ...(boundary === undefined ? {} : { "iam:PermissionsBoundary": boundary }),
  };
}
