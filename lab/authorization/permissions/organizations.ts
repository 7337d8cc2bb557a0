import {
  onArn,
  optionalText,
  UnknownResourceError,
  type PermissionInput,
  type Permission,
  type ResourceNames,
} from "./permission";

/** Parameters that name the resource of an action. */
const IDS = [
  "PolicyId",
  "TargetId",
  "AccountId",
  "OrganizationalUnitId",
  "ParentId",
  "SourceParentId",
  "DestinationParentId",
  "ChildId",
  "RootId",
  "ResourceId",
];

/** Permissions of Organizations requests. */
export function organizationsPermissions(
  input: PermissionInput,
  names: ResourceNames,
): readonly Permission[] {
  const { request, home } = input;
  const name = `organizations:${request.action}`;
  const arn = (id: string): string => arnOf(id, home.accountId, names.organizationId);
  if (request.action === "CreatePolicy") {
    return [onArn(input, name, arn("p-*"))];
  }
  const ids = IDS.map((parameter) => optionalText(input, parameter)).filter((id) => id !== undefined);
  if (ids.length === 0) {
    throw new UnknownResourceError(request);
  }
  return [...new Set(ids)].map((id) => onArn(input, name, arn(id)));
}

function arnOf(id: string, managementAccountId: string, organizationId: string): string {
  const resource = (kind: string): string =>
    `arn:aws:organizations::${managementAccountId}:${kind}/${organizationId}`;
  // The lab enforces no other type of policy.
  if (id.startsWith("p-")) {
    return `${resource("policy")}/service_control_policy/${id}`;
  }
  if (id.startsWith("ou-")) {
    return `${resource("ou")}/${id}`;
  }
  if (id.startsWith("r-")) {
    return `${resource("root")}/${id}`;
  }
  return `${resource("account")}/${id}`;
}
