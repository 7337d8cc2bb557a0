import { QUARANTINE_POLICY_NAME, SEVERITIES, type Outcome } from "../../contract";
import { nextSteps } from "../../shared/alert/guidance";
import { sectionOf, type RunbookSection } from "../../shared/alert/runbook";
import { fingerprint } from "../../shared/fingerprint";
import type { Notice } from "../notice";
import { composeMail } from "./mail";

export type Severity = (typeof SEVERITIES)[number];

/** A notice in a few lines, as chat and webhooks pass it on. The mail has all of it. */
export interface Brief {
  /**
   * What the messages about one matter have in common, for example one user: at most 200 printable ASCII
   * characters.
   */
  readonly thread: string;
  readonly severity: Severity;
  readonly status: string;
  /** 12-digit id of the account that it is about, from EventBridge's envelope; `unknown` without one. */
  readonly account: string;
  /** The mail's subject. */
  readonly title: string;
  /** One or two sentences. */
  readonly summary: string;
  /** Whose word it is. */
  readonly source: string;
  /** What to do, a line each. Commands begin with two spaces. */
  readonly next: readonly string[];
  readonly section: RunbookSection;
  /** What earlier messages of the thread were about is over. */
  readonly isEnd: boolean;
}

/** Steps of a message: as many as say whom to ask, and how to release the user. */
const MAX_STEPS = 3;

/** Puts a notice in a few lines. What is a member's own word in them is fit for one line of plain text. */
export function briefOf(notice: Notice, partition: string): Brief {
  const { subject, attributes } = composeMail(notice, { partition });
  const about = aboutOf(notice, partition);
  return {
    thread: shortened(about.thread),
    // The subject and the attributes of the mail come from these constants.
    severity: attributes.severity as Severity,
    status: attributes.status,
    account: notice.sender,
    title: subject,
    summary: about.summary,
    source: about.source ?? `The word of account ${notice.sender}, whose administrators can forge it.`,
    next: [
      ...about.next.slice(0, MAX_STEPS),
      ...(about.next.length > MAX_STEPS ? ["The mail has all steps."] : []),
    ],
    section: about.section,
    isEnd: about.isEnd === true,
  };
}

/**
 * Whether a channel beside mail passes a notice on: one that is severe enough, or the end of an earlier one.
 * The users of drills are in the mail alone.
 */
export function isPassedOn(notice: Notice, { severity, isEnd }: Brief, minimum: Severity): boolean {
  const isOfDrill = notice.kind === "outcome" && notice.outcome.drill !== undefined;
  return !isOfDrill && (isEnd || SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(minimum));
}

interface About extends Pick<Brief, "thread" | "summary" | "next" | "section"> {
  /** @default - the word of the account */
  readonly source?: string;
  /** @default false */
  readonly isEnd?: boolean;
}

/** Nobody but AWS can send such an event. */
const BY_CLOUDTRAIL = "Recorded by CloudTrail.";

function aboutOf(notice: Notice, partition: string): About {
  const { sender } = notice;
  switch (notice.kind) {
    case "outcome": {
      const { outcome } = notice;
      const policyArn = `arn:${partition}:iam::${sender}:policy/${QUARANTINE_POLICY_NAME}`;
      return {
        thread: userThread(sender, outcome),
        summary: outcome.summary,
        next: nextSteps(outcome, { partition, policyArn, sender }),
        section: sectionOf(outcome),
        isEnd: outcome.status === "RELEASED",
      };
    }
    case "drill":
      return {
        thread: `drill/${sender}`,
        summary: notice.drill.summary || `The drill ended as ${notice.drill.status}.`,
        next:
          notice.drill.status === "PASSED"
            ? []
            : ["Run it again:", `  npm run quarantine -- drill --account ${sender}`],
        section: "A drill failed",
      };
    case "silence":
      return {
        thread: "silence",
        summary: `No ${notice.sign === "sweep" ? "report of a sweep" : "drill that passed"} has come from ${notice.accounts.map(({ id }) => id).join(", ")}.`,
        next: [],
        section: "A silent account",
        source: "Seen in the audit log.",
      };
    case "health":
      return {
        thread: `health/${sender}`,
        summary: notice.health.summary || `The parts of the account are ${notice.health.status}.`,
        next:
          notice.health.status === "HEALTHY"
            ? []
            : ["Most findings end with a rollout:", `  npm run quarantine -- rollout --account ${sender}`],
        section: "Health findings",
        isEnd: notice.health.status === "HEALTHY",
      };
    case "alarm":
      return {
        thread: `alarm/${sender}/${notice.name}`,
        summary: notice.description || notice.reason || "The alarm has no description.",
        next: [],
        section: "Other alarms",
      };
    case "change":
      return {
        thread: `change/${sender}/${notice.change.part}`,
        summary: `${notice.call.eventName} by ${notice.call.caller}: ${notice.change.meaning}.`,
        next: [
          ...(notice.change.pause?.kind === "begins"
            ? [`The request says: ${notice.change.pause.text}`]
            : []),
          "The mail has the command that brings it back. Then look at users created since.",
        ],
        section: "A part of the quarantine was changed",
        source: BY_CLOUDTRAIL,
      };
    case "refusal":
      return {
        thread: `refusal/${sender}/${notice.call.caller}`,
        summary: `${notice.call.eventName} by ${notice.call.caller} was refused: ${notice.call.errorCode}.`,
        next: ["Ask whether it was meant. If not, end the sessions and keys of the caller."],
        section: "A refused attempt",
        source: BY_CLOUDTRAIL,
      };
    case "unreadable":
      return {
        thread: `unreadable/${sender}`,
        summary: `An event that the account sent could not be read: ${notice.problem}.`,
        next: ["The mail has the event. Look at the users of the account, and at who can put events there."],
        section: "An event could not be read",
      };
  }
}

/** Name and user of the account, by the id where it is known: names change, and are used again. */
export function userThread(sender: string, { userId, userName }: Outcome): string {
  return userName === "" ? `policy/${sender}` : `user/${sender}/${userId ?? userName}`;
}

const MAX_THREAD = 200;

/** What is long, or has other characters, is known by its fingerprint. */
function shortened(thread: string): string {
  return thread.length <= MAX_THREAD && /^[\x21-\x7e ]+$/.test(thread)
    ? thread
    : `${thread.split("/", 2).join("/")}/${fingerprint(thread)}`;
}
