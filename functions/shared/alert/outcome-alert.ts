import { DRILL_ATTRIBUTE, PAUSED_RULE, type Outcome } from "../../contract";
import { alertText } from "./alert-text";
import { consoleLink, nextSteps } from "./guidance";
import type { OutcomeOrigin } from "./origin";
import { runbookPlace, sectionOf } from "./runbook";
import { composeAlert, type Alert } from "./sns-alert";

/** The alert about a user. */
export function composeOutcomeAlert(outcome: Outcome, origin: OutcomeOrigin): Alert {
  const { severity, status, drill } = outcome;
  const { sender } = origin;
  const link = consoleLink(outcome.userName, origin.partition);
  const next = nextSteps(outcome, origin);
  const runbook = runbookPlace(sectionOf(outcome), origin.runbookUrl);
  const where = sender === undefined ? "" : `${sender}: `;
  return composeAlert({
    subject: `${drill === undefined ? "" : "[DRILL] "}[${severity}] ${where}${subjectOf(outcome)}: ${outcome.userName} in ${outcome.accountName}`,
    attributes: {
      ...{ severity, status, accountId: sender ?? outcome.accountId },
      ...(drill === "nobody" && { [DRILL_ATTRIBUTE]: drill }),
    },
    full: Math.max(
      ...[outcome.done, outcome.failed, outcome.open, outcome.wouldDo ?? []].map(({ length }) => length),
    ),
    compose: (items) => {
      const short = shorten(outcome, items);
      const text = alertText(short, { consoleLink: link, runbook, next });
      return {
        text: sender === undefined ? text : quoted(text, outcome, sender),
        facts: {
          ...short,
          consoleLink: link,
          runbook,
          nextSteps: next,
          ...(sender !== undefined && { sender }),
        },
      };
    },
  });
}

/** An account's text, marked as that account's word. */
function quoted(text: string, { accountId }: Outcome, sender: string): string {
  return [
    `Account ${sender} reports what stands below the line.`,
    ...reservation(sender),
    ...(accountId === sender ? [] : [`CAUTION: it calls itself ${accountId}, which is another account.`]),
    `Run the commands in account ${sender}, after a look at the user there.`,
    LINE,
    text,
  ].join("\n");
}

/**
 * Separates our text from the text of another account, which stands below it and cannot push ours out of
 * sight.
 */
export const LINE = "-".repeat(70);

/** What readers have to know about every text of a member account. */
export function reservation(sender: string): string[] {
  return [
    `EventBridge says that account ${sender} sent it. All else is that account's own word, and its`,
    "administrators can forge it.",
  ];
}

function shorten(outcome: Outcome, items: number): Outcome {
  const { done, failed, open, wouldDo } = outcome;
  return {
    ...outcome,
    done: done.slice(0, items),
    failed: failed.slice(0, items),
    open: open.slice(0, items),
    ...(wouldDo && { wouldDo: wouldDo.slice(0, items) }),
  };
}

function subjectOf({ status, verdict }: Outcome): string {
  return status === "OBSERVED" && verdict.rule === PAUSED_RULE ? PAUSED : SUBJECTS[status];
}

/** Short, so that the subject has room for the user's name. */
const PAUSED = "PAUSED, IAM user NOT denied";

const SUBJECTS: Readonly<Record<Outcome["status"], string>> = {
  QUARANTINED: "IAM user quarantined",
  OBSERVED: "IAM user observed, nothing changed",
  VANISHED: "IAM user created, then not found",
  FAILED: "IAM user NOT CONTAINED",
  TRUSTED: "IAM user trusted",
  IGNORED: "IAM event ignored",
  HELD: "Quarantine stands",
  RESTORED: "Quarantine undone and put back",
  ABANDONED: "Quarantine NOT put back any more",
  RELEASED: "IAM user released",
};
