import type { Outcome } from "../../contract";
import type { EventError } from "../errors";
import type { Settings } from "../settings";
import { cut, plain } from "../text";
import { alertText } from "./alert-text";
import { consoleLink, nextSteps } from "./guidance";

/** One SNS message. `message` is the JSON for `MessageStructure: json`. */
export interface Alert {
  readonly subject: string;
  readonly message: string;
  /** For filter policies of subscribers. */
  readonly attributes: Readonly<Record<"severity" | "status" | "accountId", string>>;
}

/** Bytes of a message and its attributes together. Source: SNS guide, "Message attributes". */
export const MAX_PUBLISHED_BYTES = 262_144;
/** Name, type and value of every attribute count; ours take less than 100 bytes. */
const ATTRIBUTES_BYTES = 1_024;
const MAX_MESSAGE_BYTES = MAX_PUBLISHED_BYTES - ATTRIBUTES_BYTES;
/** Subjects have fewer than 100 characters. Source: as above. */
const MAX_SUBJECT = 99;

/** The alert about a user. */
export function composeAlert(outcome: Outcome, settings: Settings): Alert {
  const link = consoleLink(outcome.userName, settings.partition);
  const next = nextSteps(outcome, settings);
  const compose = (items: number): string => {
    const short = shorten(outcome, items);
    return pack(
      alertText(short, link, next),
      JSON.stringify({ ...short, consoleLink: link, nextSteps: next }),
    );
  };
  const { severity, status, accountId } = outcome;
  return {
    subject: subjectOf(`[${severity}] ${SUBJECTS[status]}: ${outcome.userName} in ${outcome.accountName}`),
    message: fit(compose, Math.max(outcome.done.length, outcome.failed.length, outcome.open.length)),
    attributes: { severity, status, accountId },
  };
}

function shorten(outcome: Outcome, items: number): Outcome {
  const { done, failed, open } = outcome;
  return {
    ...outcome,
    done: done.slice(0, items),
    failed: failed.slice(0, items),
    open: open.slice(0, items),
  };
}

const SUBJECTS: Readonly<Record<Outcome["status"], string>> = {
  QUARANTINED: "IAM user quarantined",
  OBSERVED: "IAM user observed, nothing changed",
  VANISHED: "IAM user created, then not found",
  FAILED: "IAM user NOT CONTAINED",
  TRUSTED: "IAM user trusted",
  IGNORED: "IAM event ignored",
};

/** The alert about an event that could not be read: it shows the event itself, as much of it as fits. */
export function composeUnreadable(error: EventError, payload: unknown, settings: Settings): Alert {
  const raw = JSON.stringify(payload) ?? "nothing";
  const where = `${plain(settings.accountName, 100)} (${settings.accountId})`;
  const intro = [
    `An event that may be the creation of an IAM user in account ${where} could not be read.`,
    "No user was contained. Check by hand which users were created.",
    "",
    `Problem: ${plain(error.message, 600)}`,
    "The event is kept in the dead-letter queue. It reads:",
    "",
  ].join("\n");
  const facts = {
    status: "UNREADABLE",
    accountId: settings.accountId,
    field: error.field,
    problem: plain(error.message, 600),
  };
  const compose = (length: number): string => {
    const event = cut(raw, length);
    return pack(`${intro}${event}`, JSON.stringify({ ...facts, event }));
  };
  return {
    subject: subjectOf(`[HIGH] Unreadable IAM event in ${settings.accountName}`),
    message: fit(compose, Math.min(raw.length, MAX_MESSAGE_BYTES)),
    attributes: { severity: "HIGH", status: "UNREADABLE", accountId: settings.accountId },
  };
}

/** Shortens what can be cut, in proportion to what is too much, until the whole fits. */
function fit(compose: (length: number) => string, full: number): string {
  let length = full;
  let message = compose(length);
  for (let bytes = Buffer.byteLength(message); bytes > MAX_MESSAGE_BYTES && length > 0;) {
    length = Math.floor(length * Math.min(0.9, MAX_MESSAGE_BYTES / bytes));
    message = compose(length);
    bytes = Buffer.byteLength(message);
  }
  return message;
}

/** People read mail, everything else gets JSON. */
function pack(text: string, json: string): string {
  return JSON.stringify({
    default: text,
    email: text,
    "email-json": json,
    http: json,
    https: json,
    lambda: json,
    sqs: json,
  });
}

function subjectOf(text: string): string {
  return cut(text.replace(/[^\x20-\x7e]+/g, "?"), MAX_SUBJECT);
}
