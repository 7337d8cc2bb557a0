import type { Outcome } from "../contract";
import { isObject, objectAt, stringAt, type JsonObject } from "../shared/json";
import { unwrapRecord } from "../shared/unwrap-record";
import { quoted } from "./quoted";
import { readOutcome } from "./read-outcome";

/** What people are told. Text in it is fit for one line each. */
export type Notice = OutcomeNotice | AlarmNotice | UnreadableNotice;

interface FromAccount {
  /**
   * 12-digit id of the account that sent it, from EventBridge's envelope; `unknown` when there is none. The
   * only field that a member account cannot forge.
   */
  readonly sender: string;
}

/** A responder ended a response. */
export interface OutcomeNotice extends FromAccount {
  readonly kind: "outcome";
  readonly outcome: Outcome;
}

/** An alarm of a target account went off. */
export interface AlarmNotice extends FromAccount {
  readonly kind: "alarm";
  readonly name: string;
  /** What the alarm means and what to do; empty when it has none. */
  readonly description: string;
  /** What CloudWatch saw; empty when the event does not say. */
  readonly reason: string;
  /** ISO 8601, UTC; empty when the event does not say. */
  readonly time: string;
}

/** Something else, or an event that lacks what it should have. People see it as it is. */
export interface UnreadableNotice extends FromAccount {
  readonly kind: "unreadable";
  readonly problem: string;
  readonly event: unknown;
}

/**
 * Reads what invoked the function: an event of the central bus, or the record of Lambda's on-failure
 * destination around one. Never throws: what a member account sends wrong must not keep people in the dark.
 */
export function readNotice(payload: unknown): Notice {
  const event = unwrapRecord(payload).inner;
  if (!isObject(event)) {
    return unreadable("unknown", event, "expected an EventBridge event (a JSON object)");
  }
  const account = stringAt(event, "account") ?? "";
  if (!/^\d{12}$/.test(account)) {
    return unreadable("unknown", event, "account: expected 12 digits");
  }
  const detail = objectAt(event, "detail");
  switch (event["source"]) {
    case "lambda":
      return outcomeNotice(account, event, detail["responsePayload"]);
    case "aws.cloudwatch":
      return alarmNotice(account, event, detail);
    default:
      return unreadable(account, event, "source: expected lambda or aws.cloudwatch");
  }
}

function outcomeNotice(sender: string, event: JsonObject, payload: unknown): Notice {
  const outcome = readOutcome(payload);
  return outcome === undefined
    ? unreadable(sender, event, "detail.responsePayload: expected the outcome of a response")
    : { kind: "outcome", sender, outcome };
}

function alarmNotice(sender: string, event: JsonObject, detail: JsonObject): Notice {
  const name = quoted(stringAt(detail, "alarmName") ?? "", 255);
  if (name === "") {
    return unreadable(sender, event, "detail.alarmName: expected the name of an alarm");
  }
  const state = objectAt(detail, "state");
  if (state["value"] !== "ALARM") {
    return unreadable(sender, event, "detail.state.value: expected ALARM");
  }
  return {
    kind: "alarm",
    sender,
    name,
    description: quoted(stringAt(objectAt(detail, "configuration"), "description") ?? "", 1_024),
    reason: quoted(stringAt(state, "reason") ?? "", 1_024),
    time: quoted(stringAt(event, "time") ?? "", 40),
  };
}

function unreadable(sender: string, event: unknown, problem: string): UnreadableNotice {
  return { kind: "unreadable", sender, event, problem };
}
