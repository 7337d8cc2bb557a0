import { type DRILL_ATTRIBUTE, type DrillAudience } from "../../contract";
import { messageOf } from "../message-of";
import { cut, printableJson, unlinked } from "../text";

/** One SNS message. `message` is the JSON for `MessageStructure: json`. */
export interface Alert {
  readonly subject: string;
  readonly message: string;
  /** For filter policies of subscribers. */
  readonly attributes: Readonly<Record<"severity" | "status" | "accountId", string>> & {
    readonly [DRILL_ATTRIBUTE]?: DrillAudience;
  };
}

/** Bytes of a message and its attributes together. Source: SNS guide, "Message attributes". */
export const MAX_PUBLISHED_BYTES = 262_144;
/** The name, type and value of every attribute count; ours take less than 100 bytes. */
const ATTRIBUTES_BYTES = 1_024;
/** What {@link withLastLine} may add. */
const LAST_LINE_BYTES = 1_024;
const MAX_MESSAGE_BYTES = MAX_PUBLISHED_BYTES - ATTRIBUTES_BYTES - LAST_LINE_BYTES;
/** Subjects have fewer than 100 characters. Source: as above. */
const MAX_SUBJECT = 99;

/** Input of {@link composeAlert}. */
export interface AlertParts {
  readonly subject: string;
  readonly attributes: Alert["attributes"];
  /** Length of the part that may be shortened, in lines or characters. */
  readonly full: number;
  /** The text for mail, and the facts for other subscribers, with that part cut to `length`. */
  readonly compose: (length: number) => { readonly text: string; readonly facts: object };
}

/** An alert that fits into an SNS message: the part that may be shortened is cut until the whole fits. */
export function composeAlert({ subject, attributes, full, compose }: AlertParts): Alert {
  const packed = (length: number): string => {
    const { text, facts } = compose(length);
    return pack(text, JSON.stringify(facts));
  };
  let length = full;
  let message = packed(length);
  for (let bytes = Buffer.byteLength(message); bytes > MAX_MESSAGE_BYTES && length > 0;) {
    length = Math.floor(length * Math.min(0.9, MAX_MESSAGE_BYTES / bytes));
    message = packed(length);
    bytes = Buffer.byteLength(message);
  }
  return { subject: cut(subject.replace(/[^\x20-\x7e]+/g, "?"), MAX_SUBJECT), message, attributes };
}

/** The same alert with one more line, of at most 400 characters, at the end of the mail. */
export function withLastLine(alert: Alert, line: string): Alert {
  const { email = "", sqs = "" } = JSON.parse(alert.message) as Readonly<Record<string, string>>;
  return { ...alert, message: pack(`${email}\n${line}`, sqs) };
}

/** An alert that shows as much of an event as fits; links in its text cannot be clicked. */
export function composeEventAlert(
  event: unknown,
  { subject, attributes, intro, facts }: Pick<Alert, "subject" | "attributes"> & EventAlertText,
): Alert {
  const raw = printed(event);
  return composeAlert({
    subject,
    attributes,
    full: Math.min(raw.length, MAX_MESSAGE_BYTES),
    compose: (length) => {
      const shown = cut(raw, length);
      return { text: `${intro.join("\n")}\n\n${unlinked(shown)}`, facts: { ...facts, event: shown } };
    },
  });
}

/** The event as one line of JSON, without characters that reorder, hide or break text. */
function printed(event: unknown): string {
  try {
    return printableJson(JSON.stringify(event) ?? "nothing");
  } catch (error) {
    // It is nested too deeply: JSON.parse allows more levels than JSON.stringify.
    return `It cannot be shown: ${messageOf(error)}`;
  }
}

interface EventAlertText {
  /** Lines above the event. */
  readonly intro: readonly string[];
  readonly facts: object;
}

/** Mail gets the text, every other protocol gets JSON. */
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
