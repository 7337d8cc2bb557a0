import {
  HEALTH_DETAIL_TYPE,
  SWEEP_SOURCE,
  type DrillOutcome,
  type HealthOutcome,
  type Outcome,
} from "../contract";
import { isObject, objectAt, stringAt, type JsonObject } from "../shared/json";
import { unwrapRecord } from "../shared/unwrap-record";
import { isSessionOf, readApiCall, type ApiCall } from "./api-call";
import { readPartChange, type PartChange } from "./part-change";
import { quoted } from "./quoted";
import { isDrill, readDrill } from "./read-drill";
import { readHealth } from "./read-health";
import { readOutcome } from "./read-outcome";

/** What people are told. Text in it is fit for one line each. */
export type Notice =
  | OutcomeNotice
  | DrillNotice
  | HealthNotice
  | SilenceNotice
  | AlarmNotice
  | ChangeNotice
  | RefusalNotice
  | UnreadableNotice;

interface FromAccount {
  /**
   * 12-digit id of the account that sent it, from EventBridge's envelope; `unknown` when there is none. No
   * member account can forge it. Of an outcome it is the only such field.
   */
  readonly sender: string;
}

/** A responder ended a response. */
export interface OutcomeNotice extends FromAccount {
  readonly kind: "outcome";
  /**
   * The event's `time`, to the second: ISO 8601, UTC; empty when it does not say. The account can forge it.
   */
  readonly sentAt: string;
  readonly outcome: Outcome;
}

/** A drill ended. */
export interface DrillNotice extends FromAccount {
  readonly kind: "drill";
  readonly drill: DrillOutcome;
}

/** No sign of life has come from some accounts for two periods. The security account itself says so. */
export interface SilenceNotice extends FromAccount {
  readonly kind: "silence";
  readonly accounts: readonly SilentAccount[];
  /** Their sign of life is the report of their sweep; absent where it is a drill that passed. */
  readonly sign?: "sweep" | undefined;
  /** Hours from one sign of life to the next. */
  readonly everyHours: number;
  /** Which of how many parts of the organization this is about. */
  readonly part: number;
  readonly parts: number;
}

export interface SilentAccount {
  readonly id: string;
  readonly name: string;
  /**
   * ISO 8601, UTC: when the last drill that passed, or report of a sweep, came; undefined when none did in
   * three periods.
   */
  readonly lastPassed: string | undefined;
  /** The same of a drill that failed, or passed without CloudTrail's record of its user. */
  readonly lastUnproven: string | undefined;
}

/** A sweep found that the parts of its account are not as deployed, or that they are again. */
export interface HealthNotice extends FromAccount {
  readonly kind: "health";
  readonly health: HealthOutcome;
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

/** Somebody changed a part of the rollout. */
export interface ChangeNotice extends FromAccount {
  readonly kind: "change";
  readonly call: ApiCall;
  readonly change: PartChange;
  /** The deployment role of that account made the change, in a rollout most likely, or the responder did. */
  readonly isOwn: boolean;
}

/** Somebody was refused what would undo a quarantine, or change a part of the rollout. */
export interface RefusalNotice extends FromAccount {
  readonly kind: "refusal";
  readonly call: ApiCall;
}

/** Something else, or an event that lacks what it should have. People see it as it is. */
export interface UnreadableNotice extends FromAccount {
  readonly kind: "unreadable";
  readonly problem: string;
  readonly event: unknown;
}

/** Beginning and end of the detail-type of CloudTrail's records, which differs in China. */
const API_CALL = /^(AWS|Amazon) API Call via CloudTrail$/;

/**
 * Reads what invoked the function: an event of the central bus or of this account's default bus, or the
 * record of Lambda's on-failure destination around one. Never throws: what a member account sends wrong must
 * not keep people in the dark.
 *
 * @param ownRolesOf ARNs of the roles in an account whose changes are the project's own.
 */
export function readNotice(payload: unknown, ownRolesOf: (accountId: string) => readonly string[]): Notice {
  const event = unwrapRecord(payload).inner;
  if (!isObject(event)) {
    return unreadable("unknown", event, "expected an EventBridge event (a JSON object)");
  }
  const account = stringAt(event, "account") ?? "";
  if (!/^\d{12}$/.test(account)) {
    return unreadable("unknown", event, "account: expected 12 digits");
  }
  const detail = objectAt(event, "detail");
  const source = stringAt(event, "source") ?? "";
  if (source.startsWith("aws.") && API_CALL.test(stringAt(event, "detail-type") ?? "")) {
    return callNotice(account, event, detail, ownRolesOf(account));
  }
  switch (source) {
    case "lambda":
      return isDrill(detail)
        ? drillNotice(account, event, detail)
        : outcomeNotice(account, event, detail["responsePayload"]);
    case SWEEP_SOURCE:
      return healthNotice(account, event, detail);
    case "aws.cloudwatch":
      return alarmNotice(account, event, detail);
    default:
      return unreadable(
        account,
        event,
        `source: expected lambda, ${SWEEP_SOURCE}, aws.cloudwatch, or CloudTrail's record`,
      );
  }
}

function callNotice(
  sender: string,
  event: JsonObject,
  detail: JsonObject,
  ownRoles: readonly string[],
): Notice {
  const call = readApiCall(detail);
  if (call === undefined) {
    return unreadable(sender, event, "detail: expected CloudTrail's record of a call");
  }
  return call.errorCode === ""
    ? {
        kind: "change",
        sender,
        call,
        change: readPartChange(call),
        isOwn: ownRoles.some((role) => isSessionOf(detail, role)),
      }
    : { kind: "refusal", sender, call };
}

function outcomeNotice(sender: string, event: JsonObject, payload: unknown): Notice {
  const outcome = readOutcome(payload);
  return outcome === undefined
    ? unreadable(sender, event, "detail.responsePayload: expected the outcome of a response")
    : { kind: "outcome", sender, sentAt: quoted(stringAt(event, "time") ?? "", 40), outcome };
}

function drillNotice(sender: string, event: JsonObject, detail: JsonObject): Notice {
  const drill = readDrill(detail, sender);
  return drill === undefined
    ? unreadable(
        sender,
        event,
        "detail: expected the outcome of a drill, sent by the account's quarantine-drill",
      )
    : { kind: "drill", sender, drill };
}

function healthNotice(sender: string, event: JsonObject, detail: JsonObject): Notice {
  const health = event["detail-type"] === HEALTH_DETAIL_TYPE ? readHealth(detail) : undefined;
  return health === undefined
    ? unreadable(sender, event, "detail: expected what a sweep says of the account's parts")
    : { kind: "health", sender, health };
}

function alarmNotice(sender: string, event: JsonObject, detail: JsonObject): Notice {
  const name = quoted(stringAt(detail, "alarmName") ?? "", 255);
  if (name === "") {
    return unreadable(sender, event, "detail.alarmName: expected the name of an alarm");
  }
  const state = objectAt(detail, "state");
  if (state["value"] !== "ALARM" && state["value"] !== "INSUFFICIENT_DATA") {
    return unreadable(sender, event, "detail.state.value: expected ALARM or INSUFFICIENT_DATA");
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
