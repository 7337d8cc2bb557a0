import { functionArn } from "../../exchange/arn";
import { onArn, optionalText, passRole, textOf, type Asked, type Permission } from "./permission";

/** Permissions of Lambda requests. */
export function lambdaPermissions(asked: Asked): readonly Permission[] {
  const { request, home } = asked;
  const resource = optionalText(asked, "Resource") ?? functionArn(textOf(asked, "FunctionName"), home);
  const invoker = request.action === "AddPermission" ? optionalText(asked, "Principal") : undefined;
  const permission = onArn(
    asked,
    `lambda:${request.action}`,
    resource,
    invoker === undefined ? {} : { "lambda:Principal": invoker },
  );
  const roleArn = /^(Create|Update)Function/.test(request.action) ? optionalText(asked, "Role") : undefined;
  return roleArn === undefined
    ? [permission]
    : [permission, passRole(asked, roleArn, "lambda.amazonaws.com")];
}
