import { isObject, objectAt, stringAt, type JsonObject } from "../shared/json";
import { quoted } from "./quoted";

/**
 * CloudTrail's record of one call. A member account cannot put one on its bus: EventBridge lets nobody but
 * AWS use a source that begins with `aws.`. So who called what, when and from where is true. What the caller
 * chose stays the caller's: user agent, session name, names in the request. All text is fit for one line.
 */
export interface ApiCall {
  /** For example `events.amazonaws.com`. */
  readonly eventSource: string;
  /** Without the version of the API that Lambda's have, for example `DeleteFunction`. */
  readonly eventName: string;
  /** ARN of the role behind the session, else of the caller; an AWS service by its name; else `unknown`. */
  readonly caller: string;
  /** ARN of the caller as the record has it, with the session's name; empty when there is none. */
  readonly callerArn: string;
  /**
   * The session's source identity: set by the caller of AssumeRole, and passed on to later sessions
   * unchanged; absent if there is none.
   */
  readonly sourceIdentity?: string;
  readonly sourceIp: string;
  readonly userAgent: string;
  /** ISO 8601, UTC; empty when the record does not say. */
  readonly time: string;
  readonly eventId: string;
  readonly region: string;
  /** Empty for a call that succeeded. */
  readonly errorCode: string;
  readonly errorMessage: string;
  /** As the record has them; of a call without permission there are none. */
  readonly parameters: JsonObject;
}

/** Reads the record in an event's `detail`; undefined for what is none. */
export function readApiCall(detail: JsonObject): ApiCall | undefined {
  const text = (key: string, max: number): string => quoted(stringAt(detail, key) ?? "", max);
  const eventSource = stringAt(detail, "eventSource") ?? "";
  const eventName = (stringAt(detail, "eventName") ?? "").replace(/\d{8}(v\d+)?$/, "");
  if (!/^[\w.-]{1,128}$/.test(eventSource) || !/^\w{1,128}$/.test(eventName)) {
    return undefined;
  }
  const identity = objectAt(detail, "userIdentity");
  const sourceIdentity = stringAt(objectAt(identity, "sessionContext"), "sourceIdentity");
  return {
    eventSource,
    eventName,
    caller: quoted(callerOf(identity), 700),
    callerArn: quoted(stringAt(identity, "arn") ?? "", 700),
    ...(sourceIdentity !== undefined && { sourceIdentity: quoted(sourceIdentity, 64) }),
    sourceIp: text("sourceIPAddress", 100),
    userAgent: text("userAgent", 300),
    time: text("eventTime", 40),
    eventId: text("eventID", 100),
    region: text("awsRegion", 40),
    errorCode: text("errorCode", 100),
    errorMessage: text("errorMessage", 1_000),
    parameters: objectAt(detail, "requestParameters"),
  };
}

/** The role behind the session, exactly, or who else called. A session's name is the caller's choice. */
function callerOf(identity: JsonObject): string {
  return (
    stringAt(issuerOf(identity), "arn") ??
    stringAt(identity, "arn") ??
    stringAt(identity, "invokedBy") ??
    stringAt(identity, "principalId") ??
    "unknown"
  );
}

function issuerOf(identity: JsonObject): JsonObject {
  return objectAt(objectAt(identity, "sessionContext"), "sessionIssuer");
}

/** Whether a call was made in a session of a role. A record that does not say is of no session. */
export function isSessionOf(detail: JsonObject, roleArn: string): boolean {
  return sessionRole(detail) === roleArn;
}

/** ARN of the role in whose session a call was made; empty for every other caller. */
export function sessionRole(detail: JsonObject): string {
  const identity = objectAt(detail, "userIdentity");
  return (identity["type"] === "AssumedRole" && stringAt(issuerOf(identity), "arn")) || "";
}

/** The plain values of the request, for example `name=security-response-changes, force=true`. */
export function requestText(parameters: JsonObject): string {
  const parts = Object.entries(parameters).flatMap(([key, value]) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    const shown = values.filter((each) => ["string", "number", "boolean"].includes(typeof each));
    return shown.length === 0 || isObject(value) ? [] : [`${key}=${shown.join(" ")}`];
  });
  return quoted(parts.join(", "), 600);
}
