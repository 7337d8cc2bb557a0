import { buildRequest, type AwsCall } from "./build-request";
import type { ForwardedEvent } from "./messages";
import type { Pipeline } from "./pipeline";
import type { Principal } from "./principal";
import { readError, readOutput } from "./read-response";

/** What an internal call may say beside its input. */
export interface InternalCallOptions {
  /** Account of the resource. @default - the principal's own */
  readonly accountId?: string;
  /** An event that EventBridge forwards as it is, in place of the one PutEvents would make. */
  readonly forwarded?: ForwardedEvent;
}

/**
 * A call one part of the lab makes as a principal, through the whole pipeline: it is authorized, can be hit
 * by a fault, and is observed. Rejects with an AwsError when it is refused.
 */
export type InternalCaller = (
  principal: Principal,
  call: AwsCall,
  options?: InternalCallOptions,
) => Promise<Record<string, unknown>>;

export function internalCaller(pipeline: Pipeline): InternalCaller {
  return async (principal, call, { accountId = principal.accountId, forwarded } = {}) => {
    const accessKeyId = principal.type === "AWSService" ? undefined : principal.accessKeyId;
    const request = buildRequest(call, accessKeyId);
    const exchange = { request, principal, accountId, receivedAt: new Date() };
    const response = await pipeline(forwarded === undefined ? exchange : { ...exchange, forwarded });
    const error = readError(request, response);
    if (error !== undefined) {
      throw error;
    }
    return readOutput(request, response);
  };
}
