import { actionFacts } from "./action-facts";
import {
  onArn,
  optionalText,
  textOf,
  UnknownPermissionError,
  type Asked,
  type ConditionContext,
  type Permission,
  type ResourceNames,
} from "./permission";

/**
 * Permissions of IAM requests; the resource is what the Service Authorization Reference names for the action.
 */
export async function iamPermissions(asked: Asked, names: ResourceNames): Promise<readonly Permission[]> {
  const action = `iam:${asked.request.action}`;
  const kinds = (await actionFacts(action))?.resourceTypes ?? [];
  const kind = kinds.length > 1 ? undefined : kinds[0];
  const resourceArn = await resourceOf(kind, asked, names);
  return [onArn(asked, action, resourceArn, contextOf(asked))];
}

async function resourceOf(kind: string | undefined, asked: Asked, names: ResourceNames): Promise<string> {
  const { accountId } = asked.home;
  const named = (type: string, parameter: string): string =>
    `arn:aws:iam::${accountId}:${type}${pathOf(asked)}${textOf(asked, parameter)}`;
  const { action } = asked.request;
  switch (kind) {
    case "user":
      if (action === "CreateUser") {
        return named("user", "UserName");
      }
      return names.iamEntity("user", accountId, userNameOf(asked));
    case "role":
      if (action === "CreateRole") {
        return named("role", "RoleName");
      }
      if (action === "PassRole") {
        throw new UnknownPermissionError(asked.request, "it is no API call");
      }
      return names.iamEntity("role", accountId, textOf(asked, "RoleName"));
    case "group":
      if (action === "CreateGroup") {
        return named("group", "GroupName");
      }
      return names.iamEntity("group", accountId, textOf(asked, "GroupName"));
    case "policy":
      return action === "CreatePolicy" ? named("policy", "PolicyName") : textOf(asked, "PolicyArn");
    case "instance-profile":
      return named("instance-profile", "InstanceProfileName");
    case "mfa":
      return action === "CreateVirtualMFADevice"
        ? named("mfa", "VirtualMFADeviceName")
        : textOf(asked, "SerialNumber");
    case "oidc-provider":
      return textOf(asked, "OpenIDConnectProviderArn");
    case "saml-provider":
      return optionalText(asked, "SAMLProviderArn") ?? named("saml-provider", "Name");
    case "server-certificate":
      return named("server-certificate", "ServerCertificateName");
    case undefined:
    default:
      return severalKinds(asked);
  }
}

/** The few actions that take more than one kind of resource. */
function severalKinds(asked: Asked): string {
  switch (asked.request.action) {
    case "DeleteVirtualMFADevice":
      return textOf(asked, "SerialNumber");
    case "SimulatePrincipalPolicy":
    case "GetContextKeysForPrincipalPolicy":
      return textOf(asked, "PolicySourceArn");
    case "ListPoliciesGrantingServiceAccess":
    case "GenerateServiceLastAccessedDetails":
      return textOf(asked, "Arn");
    default:
      throw new UnknownPermissionError(asked.request, "it is not known which resource it works on");
  }
}

/** IAM takes the caller's own name when a request names no user. */
function userNameOf(asked: Asked): string {
  const { principal } = asked;
  return optionalText(asked, "UserName") ?? (principal.type === "IAMUser" ? principal.userName : "root");
}

function pathOf(asked: Asked): string {
  return optionalText(asked, "Path") ?? "/";
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html */
function contextOf(asked: Asked): ConditionContext {
  const policyArn = optionalText(asked, "PolicyArn");
  const boundary = optionalText(asked, "PermissionsBoundary");
  return {
    ...(policyArn === undefined ? {} : { "iam:PolicyARN": policyArn }),
    ...(boundary === undefined ? {} : { "iam:PermissionsBoundary": boundary }),
  };
}
