import { functionArn } from "../../exchange/arn";
import {
  onArn,
  optionalText,
  passRole,
  textOf,
  type ConditionContext,
  type PermissionInput,
  type Permission,
} from "./permission";

/** Permissions of Lambda requests. */
export function lambdaPermissions(input: PermissionInput): readonly Permission[] {
  const { request, home } = input;
  const resource = optionalText(input, "Resource") ?? functionArn(textOf(input, "FunctionName"), home);
  const permission = onArn(input, `lambda:${request.action}`, resource, contextOf(input));
  const roleArn = /^(Create|Update)Function/.test(request.action) ? optionalText(input, "Role") : undefined;
  return roleArn === undefined
    ? [permission]
    : [permission, passRole(input, roleArn, "lambda.amazonaws.com")];
}

/** Condition keys of Lambda (Service Authorization Reference). */
function contextOf(input: PermissionInput): ConditionContext {
  const { action, params } = input.request;
  const invoker = action === "AddPermission" ? optionalText(input, "Principal") : undefined;
  const layers = Array.isArray(params["Layers"]) ? params["Layers"].map(String) : [];
  return {
    ...(invoker !== undefined && { "lambda:Principal": invoker }),
    ...(layers.length > 0 && { "lambda:Layer": layers }),
  };
}
