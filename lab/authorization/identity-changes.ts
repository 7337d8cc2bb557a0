import type { AwsRequest } from "../exchange/messages";

/** Whose permissions a request changes: those of one identity, or of everybody in the account. */
export type IdentityChange = { readonly kind: "user" | "role"; readonly name: string } | "everybody";

const OF_USER =
  /^(Attach|Detach|Put|Delete)UserPolicy$|^(Put|Delete)UserPermissionsBoundary$|^(AddUserTo|RemoveUserFrom)Group$|^(Un)?[Tt]agUser$|^(Create|Update|Delete)User$/;
const OF_ROLE =
  /^(Attach|Detach|Put|Delete)RolePolicy$|^(Put|Delete)RolePermissionsBoundary$|^(Un)?[Tt]agRole$|^(Create|Delete)Role$/;
const OF_MANY =
  /^(Attach|Detach|Put|Delete)GroupPolicy$|^(Update|Delete)Group$|PolicyVersion$|^SetDefaultPolicyVersion$|^DeletePolicy$/;

/** Whose permissions an IAM request changes; undefined when it changes none. */
export function identityChange({ service, action, params }: AwsRequest): IdentityChange | undefined {
  if (service !== "iam" || /^(Get|List)/.test(action)) {
    return undefined;
  }
  if (OF_MANY.test(action)) {
    return "everybody";
  }
  const named = (parameter: string): string => {
    const name = params[parameter];
    return typeof name === "string" ? name : "";
  };
  // A renamed user keeps its policies. Nothing is known of the new name yet.
  if (OF_USER.test(action)) {
    return { kind: "user", name: named("UserName") };
  }
  if (OF_ROLE.test(action)) {
    return { kind: "role", name: named("RoleName") };
  }
  return undefined;
}
