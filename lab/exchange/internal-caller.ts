import { buildRequest, type AwsCall } from "./build-request";
import type { ForwardedEvent } from "./messages";
import type { Pipeline } from "./pipeline";
import type { Principal } from "./principal";
import { readError, readOutput } from "./read-response";

/** Options of an internal call. */
export interface InternalCallOptions {
  /** Account of the resource. @default - the principal's own */
  readonly accountId?: string;
  /** An event that EventBridge forwards unchanged, instead of the event that PutEvents would make. */
  readonly forwarded?: ForwardedEvent;
}

/**
 * Calls AWS as a principal, for a part of the lab. The call goes through the whole pipeline: it is
 * authorized, can be hit by a fault, and is observed. Rejects with an AwsError when it is refused.
 */
export type InternalCaller = (
  principal: Principal,
  call: AwsCall,
  options?: InternalCallOptions,
) => Promise<Record<string, unknown>>;

export function internalCaller(pipeline: Pipeline, now: () => Date): InternalCaller {
  return async (principal, call, { accountId = principal.accountId, forwarded } = {}) => {
    const accessKeyId = principal.type === "AWSService" ? undefined : principal.accessKeyId;
    const request = buildRequest(call, accessKeyId);
    const exchange = { request, principal, accountId, receivedAt: now() };
    const response = await pipeline(forwarded === undefined ? exchange : { ...exchange, forwarded });
    const error = readError(request, response);
    if (error !== undefined) {
      throw error;
    }
    return readOutput(request, response);
  };
}
