import { readArn } from "../exchange/arn";
import type { Principal } from "../exchange/principal";
import type { Permission } from "./permissions/permission";

interface PolicyStatement {
  readonly Effect?: unknown;
  readonly Condition?: unknown;
}

/**
 * A resource policy as it counts for a caller. EventBridge cannot use a statement with a condition in a topic
 * policy: what only such a statement allows is refused (EventBridge guide, "Using resource-based policies for
 * Amazon EventBridge", Amazon SNS permissions). A denial with a condition stays: no document says that it is
 * passed over. Roles on targets that are topics are not emulated.
 */
export function effectivePolicy(policy: unknown, { resourceArn }: Permission, principal: Principal): unknown {
  const isRule = principal.type === "AWSService" && principal.service === "events.amazonaws.com";
  if (policy === undefined || !isRule || readArn(resourceArn).service !== "sns") {
    return policy;
  }
  const document = policy as { readonly Statement?: PolicyStatement | readonly PolicyStatement[] };
  const statements = [document.Statement ?? []].flat() as readonly PolicyStatement[];
  const Statement = statements.filter((one) => one.Effect !== "Allow" || one.Condition === undefined);
  return { ...document, Statement };
}
