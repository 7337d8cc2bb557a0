import { XMLBuilder } from "fast-xml-parser";
import type { AwsError } from "../shared/errors";
import type { AwsRequest, AwsResponse } from "./messages";

const builder = new XMLBuilder({ format: false, suppressEmptyNode: true });

/** An answer with a JSON body. */
export function jsonResponse(body: unknown, status = 200, headers: Record<string, string> = {}): AwsResponse {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}

/** A successful answer of a query-protocol service. Without `result` it has no result element. */
export function queryResponse(request: AwsRequest, namespace: string, result?: object): AwsResponse {
  const { action } = request;
  const content = {
    ...(result === undefined ? {} : { [`${action}Result`]: result }),
    ResponseMetadata: { RequestId: request.id },
  };
  const xml = `<${action}Response xmlns="${namespace}">${builder.build(content)}</${action}Response>`;
  return xmlResponse(xml, 200);
}

/** An error in the format of the request's service. */
export function errorResponse(request: AwsRequest, error: AwsError): AwsResponse {
  const requestId = { "x-amzn-requestid": request.id };
  if (request.protocol === "xml") {
    const document = { Error: { Code: error.code, Message: error.message, RequestId: request.id } };
    return xmlResponse(builder.build(document), error.status, requestId);
  }
  if (request.protocol !== "query") {
    const body = { __type: error.code, message: error.message, Type: "User" };
    return jsonResponse(body, error.status, { ...requestId, "x-amzn-errortype": error.code });
  }
  const content = {
    Error: { Type: error.status >= 500 ? "Receiver" : "Sender", Code: error.code, Message: error.message },
    RequestId: request.id,
  };
  return xmlResponse(`<ErrorResponse>${builder.build(content)}</ErrorResponse>`, error.status, requestId);
}

function xmlResponse(xml: string, status: number, headers: Record<string, string> = {}): AwsResponse {
  return { status, headers: { "content-type": "text/xml", ...headers }, body: Buffer.from(xml) };
}
