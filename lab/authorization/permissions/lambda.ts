import { functionArn } from "../../exchange/arn";
import { onArn, optionalText, passRole, textOf, type PermissionInput, type Permission } from "./permission";

/** Permissions of Lambda requests. */
export function lambdaPermissions(input: PermissionInput): readonly Permission[] {
  const { request, home } = input;
  const resource = optionalText(input, "Resource") ?? functionArn(textOf(input, "FunctionName"), home);
  const invoker = request.action === "AddPermission" ? optionalText(input, "Principal") : undefined;
  const permission = onArn(
    input,
    `lambda:${request.action}`,
    resource,
    invoker === undefined ? {} : { "lambda:Principal": invoker },
  );
  const roleArn = /^(Create|Update)Function/.test(request.action) ? optionalText(input, "Role") : undefined;
  return roleArn === undefined
    ? [permission]
    : [permission, passRole(input, roleArn, "lambda.amazonaws.com")];
}
