import type { Forward } from "./forward";
import type { AwsRequest, AwsResponse } from "./messages";
import { errorResponse } from "./responses";
import { unknownOperation } from "./unknown-operation";

/** moto answers as AWS does to an operation that it lacks, and the log says that it is moto that lacks it. */
export function refuseUnknown(forward: Forward, log: (line: string) => void): Forward {
  return async (request, accountId) => {
    const response = await forward(request, accountId);
    if (!isUnknown(response)) {
      return response;
    }
    log(`moto has no ${request.service} ${request.action || `${request.method} ${request.url}`}`);
    return errorResponse(request, unknownOperation(request));
  };
}

/** lab/moto/operations.py answers 501; to a path that no service has, moto answers with a page. */
function isUnknown({ status, body }: AwsResponse): boolean {
  return (
    status === 501 || (status === 404 && body.subarray(0, 14).toString().toLowerCase() === "<!doctype html")
  );
}

/** Reads action and protocol of a REST request; no action when AWS has none. */
export type OperationFinder = (request: AwsRequest) => Promise<Pick<AwsRequest, "action" | "protocol">>;

/** Asks moto's process, which has the models of AWS's APIs. */
export function operationFinder(forward: Forward): OperationFinder {
  return async (request) => {
    const { service, method, url } = request;
    const query = new URLSearchParams({ service, method, url, headers: Object.keys(request.headers).join() });
    const asked = {
      ...request,
      method: "GET",
      url: `/_lab/operation?${query.toString()}`,
      body: Buffer.alloc(0),
    };
    const { body } = await forward(asked, "");
    const found = JSON.parse(body.toString("utf8")) as { action: string; protocol: string };
    return { action: found.action, protocol: found.protocol === "rest-xml" ? "xml" : "rest" };
  };
}
