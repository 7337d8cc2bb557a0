import {
  HOLD_NAME,
  PAUSED_RULE,
  RESPONDER_NAME,
  type Mode,
  type Outcome,
  type TrustSettings,
  type UnknownCreatorAction,
} from "../../contract";
import { parseUserArn } from "../../shared/arn";
import { objectAt, stringAt } from "../../shared/json";
import { describePause, pauseAt, type Pause } from "../../shared/pause";
import { plain } from "../../shared/text";
import { EventError } from "../errors";
import { readCaller } from "../event/caller";
import type { CloudTrailEvent } from "../event/event";
import { isUndoingCall, readTampering, type Tampering, type TamperingGrounds } from "../event/tampering";
import { readUserCreation, type UserCreation } from "../event/user-creation";
import { findEndedTrust, findTrust } from "./trust";

export type Verdict = Outcome["verdict"];

/** A verdict, with the creation or the tampering it is about unless the event is ignored. */
export type Decision =
  | {
      readonly verdict: Verdict & { readonly action: "ignore" };
      readonly creation?: undefined;
      readonly tampering?: undefined;
    }
  | {
      readonly verdict: CreationVerdict;
      readonly creation: UserCreation;
      readonly tampering?: undefined;
    }
  | {
      readonly verdict: Verdict & { readonly action: "restore" };
      readonly creation?: undefined;
      readonly tampering: Tampering;
    };

/** What a verdict depends on, apart from the event. */
export interface Grounds extends TamperingGrounds {
  readonly mode: Mode;
  readonly partition: string;
  /** Path of the roles that this project deploys, from `/` to `/`. */
  readonly rolePath: string;
  readonly trust: TrustSettings;
  /** The present time, in milliseconds since the epoch: it decides whether trust has ended. */
  readonly now: number;
  /** During a pause no new user is denied; existing quarantines stay. @default - there is no pause */
  readonly pause?: Pause | undefined;
}

/**
 * Decides what to do about an event. Pure.
 * @throws EventError when the event may be a creation or a tampering in this account but cannot be read
 */
export function decide(event: CloudTrailEvent, grounds: Grounds): Decision {
  const ignored = whyIgnored(event, grounds);
  if (ignored) {
    return { verdict: { action: "ignore", ...ignored } };
  }
  return isUndoingCall(event.eventName ?? "") ? judgeUndoing(event, grounds) : judgeCreation(event, grounds);
}

function judgeCreation(event: CloudTrailEvent, grounds: Grounds): Decision {
  const creation = readUserCreation(event, grounds);
  return { verdict: judge(creation, grounds), creation };
}

/**
 * The verdict about a new user whose creation is not in CloudTrail. Its path or name may be trusted for any
 * creator; otherwise the sweep's setting `unknownCreator` decides.
 */
export function judgeUnknown(
  creation: UserCreation,
  action: UnknownCreatorAction,
  grounds: Grounds,
): CreationVerdict {
  const verdict = judge(creation, grounds);
  const reason = `CloudTrail has no record of the creation of ${creation.path ?? ""}${creation.userName}`;
  if (verdict.action === "trust") {
    return verdict;
  }
  return action === "alert"
    ? { action: "observe", ...because(UNKNOWN_CREATOR, reason) }
    : unlessPaused({ action: verdict.action, ...because(UNKNOWN_CREATOR, reason) }, grounds);
}

/** Rule of a verdict about a user whose creation is not known. */
const UNKNOWN_CREATOR = "unknown-creator";

type CreationVerdict = Verdict & { readonly action: "quarantine" | "observe" | "trust" };

function judge(creation: UserCreation, grounds: Grounds): CreationVerdict {
  const remarks = creation.remarks.map((remark) => ` ${remark}`).join("");
  const trust = findTrust(creation, grounds.trust, grounds.now);
  if (trust) {
    return { action: "trust", rule: trust.rule, reason: trust.reason + remarks };
  }
  const action = grounds.mode === "observe" ? "observe" : "quarantine";
  const reason = `creator ${creation.creator.label} is not trusted to create ${creation.path ?? ""}${creation.userName}`;
  const ended = findEndedTrust(creation, grounds.trust, grounds.now);
  const since = ended ? `: the trust of ${ended.rule} ended with ${ended.until} (UTC)` : "";
  return unlessPaused({ action, rule: "default", reason: reason + since + remarks }, grounds);
}

/** From this rule in the responder's log, the sweep knows after the pause which users were left alone. */
function unlessPaused(verdict: CreationVerdict, { mode, pause, now }: Grounds): CreationVerdict {
  const paused = mode === "enforce" ? pauseAt(pause, now) : undefined;
  return paused === undefined || verdict.action === "trust"
    ? verdict
    : {
        action: "observe",
        rule: PAUSED_RULE,
        reason: `${verdict.reason}. The quarantine is ${describePause(paused)}`,
      };
}

/** Whether the caller may undo a quarantine is decided later: it can depend on the user's path in IAM. */
function judgeUndoing(event: CloudTrailEvent, grounds: Grounds): Decision {
  const ignored = otherMode(grounds) ?? ownCall(event, grounds);
  if (ignored) {
    return { verdict: { action: "ignore", ...ignored } };
  }
  const tampering = readTampering(event, grounds);
  if (tampering === undefined) {
    const reason = `${event.eventName ?? ""} concerned nothing of the quarantine`;
    return { verdict: { action: "ignore", ...because("unrelated", reason) } };
  }
  const { call, caller, userName } = tampering;
  const what = userName === undefined ? "the quarantine policy" : `the quarantine of ${userName}`;
  const reason = `${call} by ${caller.label} may have undone ${what}`;
  return { verdict: { action: "restore", ...because(call, reason) }, tampering };
}

function otherMode({ mode }: Grounds): Ignored {
  return mode === "enforce" ? undefined : because("mode", `nothing is quarantined in the mode ${mode}`);
}

/** Otherwise the responder would respond to its own calls, without end. */
function ownCall({ detail }: CloudTrailEvent, { partition, accountId, rolePath }: Grounds): Ignored {
  const path = `arn:${partition}:iam::${accountId}:role${rolePath}`;
  const own = [RESPONDER_NAME, HOLD_NAME].map((name) => `${path}${name}`);
  return own.includes(readCaller(detail).sessionIssuerArn)
    ? because("own-call", "the responder made the call itself")
    : undefined;
}

type Ignored = { readonly rule: string; readonly reason: string } | undefined;

function whyIgnored(event: CloudTrailEvent, grounds: Grounds): Ignored {
  if (grounds.mode === "off") {
    return { rule: "mode", reason: "the responder is switched off" };
  }
  return otherCall(event) ?? changedNothing(event) ?? otherAccount(event, grounds.accountId);
}

function otherCall({ envelope, eventSource, eventName }: CloudTrailEvent): Ignored {
  const source = stringAt(envelope, "source");
  // Anyone in the account may put events on the bus, but only AWS can use a source that begins with `aws.`.
  if (source && source !== "aws.iam") {
    return because("source", `the event comes from ${source}, not aws.iam`);
  }
  if (eventSource && eventSource !== "iam.amazonaws.com") {
    return because("eventSource", `the call went to ${eventSource}, not iam.amazonaws.com`);
  }
  if (eventName && eventName !== "CreateUser" && !isUndoingCall(eventName)) {
    return because("eventName", `${eventName} neither creates a user nor undoes a quarantine`);
  }
  if (!eventSource) {
    throw new EventError("detail.eventSource", "a service such as iam.amazonaws.com", eventSource);
  }
  if (!eventName) {
    throw new EventError("detail.eventName", "an API call such as CreateUser", eventName);
  }
  return undefined;
}

function changedNothing({ detail }: CloudTrailEvent): Ignored {
  const code = detail["errorCode"];
  if (code !== undefined && code !== null) {
    return because("errorCode", `IAM refused the call with ${typeof code === "string" ? code : typeof code}`);
  }
  const readOnly = detail["readOnly"] === true || detail["readOnly"] === "true";
  return readOnly ? because("readOnly", "the call is marked as one that only reads") : undefined;
}

function otherAccount({ accounts, detail }: CloudTrailEvent, home: string): Ignored {
  const arn = parseUserArn(stringAt(objectAt(objectAt(detail, "responseElements"), "user"), "arn") ?? "");
  const stated = arn
    ? [...accounts, { field: "detail.responseElements.user.arn", id: arn.accountId }]
    : accounts;
  if (stated.length === 0) {
    throw new EventError("detail.recipientAccountId", "the 12-digit account of the event", undefined);
  }
  const other = stated.find(({ id }) => id !== home);
  return other && because("account", `${other.field} is account ${other.id}, this function guards ${home}`);
}

function because(rule: string, reason: string): { rule: string; reason: string } {
  return { rule, reason: plain(reason, 300) };
}
