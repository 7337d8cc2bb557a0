import type { AwsRequest } from "../exchange/messages";
import { readQueryParams } from "../exchange/query-params";
import { decompressed, readCborRequest } from "./cbor";
import { readLambdaPath } from "./lambda-paths";
import { readS3Path } from "./s3-paths";

/** An HTTP request as it arrived. */
export interface RawRequest {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly sourceIp: string;
}

/** The operation, and what CBOR is in JSON. */
type Reading = Pick<AwsRequest, "action" | "protocol" | "params"> & Partial<RawRequest>;

const CREDENTIAL = /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

/** Region of requests that name none. */
const DEFAULT_REGION = "us-east-1";

/** Reads service, Region, action and input of an AWS API request. Signatures are not verified. */
export function parseRequest(arrived: RawRequest): AwsRequest {
  const url = new URL(arrived.url, "http://gateway");
  const scope =
    CREDENTIAL.exec(arrived.headers["authorization"] ?? "") ??
    CREDENTIAL.exec(`Credential=${url.searchParams.get("X-Amz-Credential") ?? ""}`);
  const service = scope?.[3] ?? "";
  const raw = service === "monitoring" ? decompressed(arrived) : arrived;
  return {
    ...raw,
    ...read(raw, url, service),
    service: service === "eventbridge" ? "events" : service,
    region: scope?.[2] ?? DEFAULT_REGION,
    ...(scope?.[1] === undefined ? {} : { accessKeyId: scope[1] }),
    userAgent: raw.headers["user-agent"] ?? "",
  };
}

function read(raw: RawRequest, url: URL, service: string): Reading {
  const target = raw.headers["x-amz-target"];
  if (target !== undefined) {
    return {
      action: target.slice(target.lastIndexOf(".") + 1),
      protocol: "json",
      params: readJson(raw.body),
    };
  }
  const inJson = readCborRequest(raw);
  if (inJson !== undefined) {
    return { ...inJson, protocol: "cbor" };
  }
  if (service === "lambda") {
    const known = readLambdaPath(raw.method, url.pathname);
    const body = known?.action === "Invoke" ? {} : readJson(raw.body);
    return { action: known?.action ?? "", protocol: "rest", params: { ...body, ...known?.params } };
  }
  if (service === "s3") {
    return { action: "", params: {}, ...readS3Path(raw.method, url, raw.headers), protocol: "xml" };
  }
  if (service === "securityhub" && url.pathname === "/findings/import") {
    return { action: "BatchImportFindings", protocol: "rest", params: readJson(raw.body) };
  }
  const form = raw.method === "GET" ? url.search.slice(1) : raw.body.toString("utf8");
  if (/(^|&)Action=/.test(form)) {
    const input = Object.entries(readQueryParams(form));
    const params = Object.fromEntries(input.filter(([name]) => name !== "Action" && name !== "Version"));
    const action = new URLSearchParams(form).get("Action") ?? "";
    return { action, protocol: "query", params };
  }
  return { action: "", protocol: "rest", params: {} };
}

function readJson(body: Buffer): Record<string, unknown> {
  if (body.length === 0) {
    return {};
  }
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // moto refuses a body that is not JSON
  }
}
