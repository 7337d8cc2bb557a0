import { buildRequest, type AwsCall } from "./build-request";
import type { Forward } from "./forward";
import { readError, readOutput } from "./read-response";

/**
 * Calls moto directly, past the gateway: no call is authorized or recorded.
 * Rejects with an AwsError when moto refuses.
 */
export type MotoClient = (accountId: string, call: AwsCall) => Promise<Record<string, unknown>>;

export function motoClient(forward: Forward): MotoClient {
  return async (accountId, call) => {
    const request = buildRequest(call);
    const response = await forward(request, accountId);
    const error = readError(request, response);
    if (error !== undefined) {
      throw error;
    }
    return readOutput(request, response);
  };
}
