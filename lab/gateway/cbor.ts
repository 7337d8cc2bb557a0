import { gunzipSync } from "node:zlib";
import { cbor, tag, tagSymbol } from "@smithy/core/cbor";
import type { AwsRequest, AwsResponse } from "../exchange/messages";

/**
 * The protocol Smithy RPC v2 CBOR, with which AWS's SDKs call CloudWatch and which moto lacks. Inside the lab
 * such a request is one of AWS JSON 1.0, which moto has: same operations, same names.
 * https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */

type Arrived = Pick<AwsRequest, "method" | "url" | "headers" | "body">;

const PATH = /^\/service\/(\w+)\/operation\/(\w+)$/;

/** Tag of seconds since 1970 (RFC 8949, section 3.4.2). */
const EPOCH_SECONDS = 1;

/** CloudWatch's members that are times: JSON has numbers for them, which its clients do not take in CBOR. */
const TIMES = /(Timestamps?|Date|LastModified|StartTime|EndTime)$/;

/**
 * A request in JSON instead of CBOR, with its operation and input; undefined when it is none of the protocol,
 * or its body is no CBOR.
 */
export function readCborRequest(
  request: Arrived,
): (Arrived & Pick<AwsRequest, "action" | "params">) | undefined {
  const [, service, action] = PATH.exec(request.url) ?? [];
  if (action === undefined || request.headers["smithy-protocol"] !== "rpc-v2-cbor") {
    return undefined;
  }
  const params = inputOf(request);
  if (params === undefined) {
    return undefined;
  }
  const headers = {
    ...request.headers,
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": `${service}.${action}`,
  };
  return { method: "POST", url: "/", headers, body: Buffer.from(JSON.stringify(params)), action, params };
}

function inputOf({ body }: Arrived): Record<string, unknown> | undefined {
  try {
    return body.length === 0 ? {} : (toJson(cbor.deserialize(body)) as Record<string, unknown>);
  } catch {
    return undefined;
  }
}

/** The answer in CBOR to what was answered in JSON. Errors keep their code in query clients' words too. */
export function cborResponse({ status, headers, body }: AwsResponse): AwsResponse {
  const output = (body.length === 0 ? {} : JSON.parse(body.toString("utf8"))) as Record<string, unknown>;
  return {
    status,
    headers: {
      ...(status < 300 ? {} : queryError(status, output)),
      ...headers,
      "content-type": "application/cbor",
      "smithy-protocol": "rpc-v2-cbor",
    },
    body: Buffer.from(cbor.serialize(fromJson(output))),
  };
}

/** https://smithy.io/2.0/aws/protocols/aws-query-protocol.html, "awsQueryCompatible" */
function queryError(status: number, { __type }: Record<string, unknown>): Record<string, string> {
  return { "x-amzn-query-error": `${String(__type)};${status < 500 ? "Sender" : "Receiver"}` };
}

function toJson(value: unknown): unknown {
  if (typeof value === "bigint") {
    return Number(value);
  }
  if (value instanceof Uint8Array) {
    return Buffer.from(value).toString("base64");
  }
  if (Array.isArray(value)) {
    return value.map(toJson);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const isTagged = tagSymbol in value && "value" in value;
  return isTagged
    ? toJson(value.value)
    : Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toJson(inner)]));
}

function fromJson(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => fromJson(item, name));
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, inner]) => inner !== null);
    return Object.fromEntries(members.map(([key, inner]) => [key, fromJson(inner, key)]));
  }
  return typeof value === "number" && TIMES.test(name) ? tag({ tag: EPOCH_SECONDS, value }) : value;
}

/** Clients compress long requests of PutMetricData, in every protocol. */
export function decompressed<T extends Arrived>(request: T): T {
  const { "content-encoding": encoding, ...headers } = request.headers;
  return encoding === "gzip" ? { ...request, headers, body: gunzipSync(request.body) } : request;
}
