import {
  DRILL_AUDIENCES,
  METHODS,
  OUTCOME_STATUSES,
  SEVERITIES,
  VERDICT_ACTIONS,
  type Outcome,
} from "../contract";
import { USER_NAME } from "../shared/arn";
import { isObject, objectAt, stringAt, type JsonObject } from "../shared/json";
import { quoted } from "./quoted";

/** As long as the responder makes them. */
const MAX_ITEMS = 61;
const MAX_LINE = 400;

/** Unique ids of users. Source: IAM API reference, User, `UserId`. */
const USER_ID = /^\w{16,128}$/;

/**
 * Reads an outcome that another account sent. Every field is cleaned again, since an administrator of that
 * account can send anything, and an earlier version of the responder does not send all fields.
 *
 * @returns Undefined for what is no outcome: without a status, or with a user name that IAM does not allow,
 * which would end up in the commands of the alert.
 */
export function readOutcome(payload: unknown): Outcome | undefined {
  if (!isObject(payload)) {
    return undefined;
  }
  const status = oneOf(OUTCOME_STATUSES, payload["status"]);
  const userName = stringAt(payload, "userName") ?? "";
  if (status === undefined || !isUserName(userName, status)) {
    return undefined;
  }
  const text = (key: string, max = 500): string => quoted(stringAt(payload, key) ?? "", max);
  const verdict = objectAt(payload, "verdict");
  const seconds = payload["secondsToContain"];
  const drill = oneOf(DRILL_AUDIENCES, payload["drill"]);
  const userId = stringAt(payload, "userId") ?? "";
  return {
    schemaVersion: "1",
    status,
    summary: text("summary", 1_000),
    verdict: {
      action: oneOf(VERDICT_ACTIONS, verdict["action"]) ?? "quarantine",
      rule: quoted(stringAt(verdict, "rule") ?? "", 100),
      reason: quoted(stringAt(verdict, "reason") ?? "", 1_000),
    },
    accountId: text("accountId", 12),
    accountName: text("accountName", 100),
    version: text("version", 100),
    userName,
    userArn: text("userArn", 700),
    ...(USER_ID.test(userId) && { userId }),
    createdBy: text("createdBy", 300),
    sourceIp: text("sourceIp", 100),
    userAgent: text("userAgent", 300),
    ...(typeof payload["actor"] === "string" && { actor: text("actor", 300) }),
    ...(payload["foundBy"] === "sweep" && { foundBy: "sweep" }),
    ...(drill !== undefined && { drill }),
    eventId: text("eventId", 200),
    eventTime: text("eventTime", 40),
    containedAt: text("containedAt", 40),
    secondsToContain: typeof seconds === "number" ? seconds : null,
    method: oneOf(METHODS, payload["method"]) ?? "none",
    severity: oneOf(SEVERITIES, payload["severity"]) ?? "CRITICAL",
    alerted: payload["alerted"] === true,
    answeredElsewhere: payload["answeredElsewhere"] === true,
    done: linesOf(payload["done"]),
    failed: failuresOf(payload["failed"]),
    ...(Array.isArray(payload["wouldDo"]) && { wouldDo: linesOf(payload["wouldDo"]) }),
    open: linesOf(payload["open"]),
  };
}

/** A change of the quarantine policy concerns no one user. */
function isUserName(userName: string, status: Outcome["status"]): boolean {
  return USER_NAME.test(userName) || (userName === "" && ["RESTORED", "FAILED"].includes(status));
}

/** The value itself where it is one of some; undefined for anything else. */
export function oneOf<Value extends string>(values: readonly Value[], found: unknown): Value | undefined {
  return values.find((value) => value === found);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, MAX_ITEMS) : [];
}

export function linesOf(value: unknown): string[] {
  return listOf(value).flatMap((line) => (typeof line === "string" ? [quoted(line, MAX_LINE)] : []));
}

export function failuresOf(value: unknown): Outcome["failed"] {
  return listOf(value)
    .filter((failure): failure is JsonObject => isObject(failure))
    .map((failure) => ({
      step: quoted(stringAt(failure, "step") ?? "", 100),
      error: quoted(stringAt(failure, "error") ?? "", MAX_LINE),
    }));
}
