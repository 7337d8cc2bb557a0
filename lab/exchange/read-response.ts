import { XMLParser } from "fast-xml-parser";
import { AwsError } from "../shared/errors";
import type { AwsRequest, AwsResponse } from "./messages";

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, trimValues: true });

/** Output of a successful answer, by API names; lists of the query protocol are arrays. */
export function readOutput(request: AwsRequest, response: AwsResponse): Record<string, unknown> {
  const text = response.body.toString("utf8");
  if (text === "") {
    return {};
  }
  if (request.protocol !== "query") {
    return JSON.parse(text) as Record<string, unknown>;
  }
  const document = parser.parse(text) as Record<string, Record<string, unknown>>;
  const result = document[`${request.action}Response`]?.[`${request.action}Result`];
  const folded = foldMembers(result);
  return isRecord(folded) ? folded : {};
}

/** The error of a refused request; undefined for a success. */
export function readError(request: AwsRequest, response: AwsResponse): AwsError | undefined {
  if (response.status < 300) {
    return undefined;
  }
  const text = response.body.toString("utf8");
  if (request.protocol === "query") {
    const document = parser.parse(text) as Record<string, { Error?: Record<string, string> }>;
    const error = document["ErrorResponse"]?.Error;
    return new AwsError(error?.["Code"] ?? "UnknownError", error?.["Message"] ?? text, response.status);
  }
  const header = response.headers["x-amzn-errortype"]?.split(":")[0];
  const body = tryJson(text);
  const type = [header, body["__type"], body["Type"]].find((found) => typeof found === "string");
  const message = body["message"] ?? body["Message"];
  const code = typeof type === "string" ? type.slice(type.lastIndexOf("#") + 1) : "UnknownError";
  return new AwsError(code, typeof message === "string" ? message : text, response.status);
}

function tryJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function foldMembers(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(foldMembers);
  }
  if (!isRecord(value)) {
    return value;
  }
  const keys = Object.keys(value);
  if (keys.length === 1 && keys[0] === "member") {
    const members = value["member"];
    return (Array.isArray(members) ? members : [members]).map(foldMembers);
  }
  return Object.fromEntries(keys.map((key) => [key, foldMembers(value[key])]));
}

/** A policy document as IAM answers it: JSON, often URL-encoded. */
export function readPolicyDocument(document: unknown): unknown {
  if (typeof document !== "string") {
    return document;
  }
  const text = document.trimStart().startsWith("{") ? document : decodeURIComponent(document);
  return JSON.parse(text) as unknown;
}
