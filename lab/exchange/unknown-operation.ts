import { AwsError } from "../shared/errors";
import type { AwsRequest, Protocol } from "./messages";

/**
 * The error of a service that is asked for an operation that it does not have: InvalidAction (IAM API
 * Reference, "Common Errors"), UnknownOperationException in JSON, MethodNotAllowed of S3 (S3 API Reference,
 * "Error Responses").
 */
export function unknownOperation({ protocol, action, method, url }: AwsRequest): AwsError {
  const { code, status } = ERRORS[protocol];
  const named = action === "" ? `${method} ${url.split("?")[0]}` : action;
  return new AwsError(code, `The requested operation is not recognized by the service: ${named}`, status);
}

const ERRORS: Readonly<Record<Protocol, { readonly code: string; readonly status: number }>> = {
  query: { code: "InvalidAction", status: 400 },
  json: { code: "UnknownOperationException", status: 400 },
  cbor: { code: "UnknownOperationException", status: 404 },
  rest: { code: "UnknownOperationException", status: 404 },
  xml: { code: "MethodNotAllowed", status: 405 },
};
