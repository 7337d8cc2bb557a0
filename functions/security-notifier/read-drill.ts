import { DRILL_NAME, DRILL_STATUSES, type DrillOutcome } from "../contract";
import { USER_NAME } from "../shared/arn";
import { isObject, objectAt, stringAt, type JsonObject } from "../shared/json";
import { quoted } from "./quoted";
import { failuresOf, linesOf, oneOf } from "./read-outcome";

/** No drill lasts as long as this; a number beyond it is made up. */
const MAX_SECONDS = 86_400;

/** Whether an event of Lambda says that it is a drill's outcome. */
export function isDrill({ responsePayload }: JsonObject): boolean {
  return isObject(responsePayload) && responsePayload["kind"] === "drill";
}

/**
 * Reads the outcome of a drill that another account sent.
 *
 * @param detail Of the event of Lambda's destination.
 * @param sender Account that sent it, from EventBridge's envelope.
 * @returns Undefined for what is none: of another function than that account's `quarantine-drill`, and for
 * what {@link readDrillOutcome} does not read.
 */
export function readDrill(detail: JsonObject, sender: string): DrillOutcome | undefined {
  const functionArn = stringAt(objectAt(detail, "requestContext"), "functionArn") ?? "";
  const isOwn = new RegExp(`^arn:[\\w-]+:lambda:[\\w-]+:${sender}:function:${DRILL_NAME}(:|$)`);
  return isOwn.test(functionArn) ? readDrillOutcome(detail["responsePayload"]) : undefined;
}

/**
 * The same of what the function returned. Every field is made fit for people, as {@link readOutcome} does:
 * whoever rules that account can send anything.
 *
 * @returns Undefined without a status, or with a user name that IAM does not allow.
 */
export function readDrillOutcome(payload: unknown): DrillOutcome | undefined {
  if (!isObject(payload) || payload["kind"] !== "drill") {
    return undefined;
  }
  const status = oneOf(DRILL_STATUSES, payload["status"]);
  const userName = stringAt(payload, "userName") ?? "";
  if (status === undefined || (userName !== "" && !USER_NAME.test(userName))) {
    return undefined;
  }
  const text = (key: string, max: number): string => quoted(stringAt(payload, key) ?? "", max);
  return {
    schemaVersion: "1",
    kind: "drill",
    status,
    summary: text("summary", 1_000),
    accountId: text("accountId", 12),
    accountName: text("accountName", 100),
    version: text("version", 100),
    userName,
    startedAt: text("startedAt", 40),
    secondsToContained: secondsOf(payload["secondsToContained"]),
    secondsToDenied: secondsOf(payload["secondsToDenied"]),
    alerted: payload["alerted"] === true,
    failed: failuresOf(payload["failed"]),
    leftOvers: linesOf(payload["leftOvers"]),
  };
}

function secondsOf(value: unknown): number | null {
  return typeof value === "number" && value >= 0 && value <= MAX_SECONDS ? value : null;
}
