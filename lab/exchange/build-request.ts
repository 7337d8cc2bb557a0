import { randomUUID } from "node:crypto";
import type { AwsRequest, Protocol } from "./messages";
import { writeQueryParams } from "./query-params";

/** A call that the lab makes itself. */
export interface AwsCall {
  readonly service: string;
  readonly region: string;
  readonly action: string;
  readonly params: Record<string, unknown>;
  /** For the REST services. `body` is sent instead of the params. */
  readonly rest?: {
    readonly method: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  };
}

const QUERY_VERSIONS: Readonly<Record<string, string>> = {
  iam: "2010-05-08",
  sts: "2011-06-15",
  sns: "2010-03-31",
  monitoring: "2010-08-01",
};

const JSON_TARGETS: Readonly<Record<string, string>> = {
  cloudtrail: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
  events: "AWSEvents",
  kms: "TrentService",
  sqs: "AmazonSQS",
  logs: "Logs_20140328",
  organizations: "AWSOrganizationsV20161128",
};

/** The HTTP request of a call. Its signature is not valid: the lab verifies none. */
export function buildRequest(call: AwsCall, accessKeyId = "AKIALABINTERNAL00000"): AwsRequest {
  const date = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const scope = `${accessKeyId}/${date}/${call.region}/${call.service}/aws4_request`;
  const { protocol, url, method, headers, body } = encode(call);
  return {
    id: randomUUID(),
    method,
    url,
    headers: {
      ...headers,
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=unverified`,
    },
    body: Buffer.from(body),
    service: call.service,
    region: call.region,
    action: call.action,
    protocol,
    accessKeyId,
    params: call.params,
    sourceIp: "127.0.0.1",
    userAgent: "lab",
  };
}

interface Encoded {
  readonly protocol: Protocol;
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

function encode(call: AwsCall): Encoded {
  if (call.rest !== undefined) {
    const { method, path: url } = call.rest;
    const body = call.rest.body ?? (method === "GET" ? "" : JSON.stringify(call.params));
    const headers = { "content-type": "application/json", ...call.rest.headers };
    return { protocol: "rest", method, url, headers, body };
  }
  const version = QUERY_VERSIONS[call.service];
  if (version !== undefined) {
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    const body = writeQueryParams(call.action, version, call.params);
    return { protocol: "query", method: "POST", url: "/", headers, body };
  }
  const target = JSON_TARGETS[call.service];
  if (target === undefined) {
    throw new TypeError(`The lab cannot build requests to the service ${call.service}.`);
  }
  const jsonType = `application/x-amz-json-${call.service === "sqs" ? "1.0" : "1.1"}`;
  const headers = { "content-type": jsonType, "x-amz-target": `${target}.${call.action}` };
  return { protocol: "json", method: "POST", url: "/", headers, body: JSON.stringify(call.params) };
}
