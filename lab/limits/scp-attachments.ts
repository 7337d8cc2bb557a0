import { listAll } from "../exchange/list-all";
import type { MotoClient } from "../exchange/moto-client";
import type { Guard } from "../exchange/pipeline";
import { AwsError } from "../shared/errors";

/** Of the root, a unit or an account (Organizations guide, "Quotas and service limits"). */
const MAX_PER_TARGET = 10;

const SERVICE_CONTROL_POLICY = "SERVICE_CONTROL_POLICY";

/**
 * Refuses an eleventh service control policy of a target, and to detach its last one (Organizations API
 * reference, ConstraintViolationException: `MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED` and
 * `MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED`). The lab enforces no other type of policy.
 */
export function scpAttachments(moto: MotoClient): Guard {
  return async ({ request, accountId }) => {
    const { service, action, params } = request;
    if (service !== "organizations" || !/^(Attach|Detach)Policy$/.test(action)) {
      return;
    }
    const { PolicyId, TargetId } = params;
    const listing = { TargetId, Filter: SERVICE_CONTROL_POLICY };
    const call = {
      service,
      region: request.region,
      action: "ListPoliciesForTarget",
      params: listing,
    };
    const attached = await listAll<{ Id: string }>(moto, accountId, call, "Policies").catch(unknownTarget);
    const isAttached = attached.some(({ Id }) => Id === PolicyId);
    if (action === "AttachPolicy" && !isAttached && attached.length >= MAX_PER_TARGET) {
      throw refusal("You have attached the maximum number of policies to the specified target.");
    }
    if (action === "DetachPolicy" && isAttached && attached.length === 1) {
      throw refusal(
        "You cannot remove the last policy attached to the specified target. You must have at least one attached at all times.",
      );
    }
  };
}

/** What is wrong with the target is said by the call itself. */
function unknownTarget(error: unknown): [] {
  if (error instanceof AwsError) {
    return [];
  }
  throw error;
}

function refusal(message: string): AwsError {
  return new AwsError("ConstraintViolationException", message);
}
