import { PAUSED_RULE, type Outcome } from "../../contract";
import { unlinked } from "../text";

/** What an alert says in addition to the outcome. */
export interface Guidance {
  readonly consoleLink: string | undefined;
  /** Link to the runbook's section, or its name. */
  readonly runbook: string;
  /** What to do next, as lines. */
  readonly next: readonly string[];
}

/** The text of the mail, built from the outcome's cleaned fields. No link but ours can be clicked. */
export function alertText(outcome: Outcome, { consoleLink, runbook, next }: Guidance): string {
  const { secondsToContain: seconds } = outcome;
  const isRestored = outcome.status === "RESTORED";
  const facts = [
    outcome.summary,
    "",
    `Severity:    ${outcome.severity}`,
    `Status:      ${outcome.status}`,
    `Account:     ${outcome.accountName} (${outcome.accountId})`,
    `User:        ${outcome.userName}`,
    `User ARN:    ${outcome.userArn}`,
    `Created by:  ${outcome.createdBy}`,
    `From:        ${outcome.sourceIp}`,
    `User agent:  ${outcome.userAgent}`,
    ...(outcome.actor === undefined
      ? []
      : [`${outcome.status === "RELEASED" ? "Released by:" : "Undone by:  "} ${outcome.actor}`]),
    ...(outcome.foundBy === undefined ? [] : ["Found by:    the sweep, since no event had told of it"]),
    `Event:       ${outcome.eventId}`,
    `${isRestored ? "Undone at:  " : "Created at: "} ${outcome.eventTime || "unknown"}`,
    `Contained:   ${outcome.containedAt || "not contained"}`,
    `Seconds:     ${seconds === null ? "unknown" : seconds} from ${isRestored ? "undoing to putting back" : "creation to containment"}`,
    `Method:      ${outcome.method}`,
    `Verdict:     ${outcome.verdict.action} by ${outcome.verdict.rule}: ${outcome.verdict.reason}`,
    `Version:     ${outcome.version}`,
    ...section("Done", outcome.done, outcome.status === "OBSERVED" ? "nothing was changed" : "nothing"),
    ...(outcome.wouldDo === undefined
      ? []
      : section(
          `${outcome.verdict.rule === PAUSED_RULE ? "Without the pause, the responder" : "The mode enforce"} would have done`,
          outcome.wouldDo,
          "nothing",
        )),
    ...section(
      "Failed",
      outcome.failed.map(({ step, error }) => `${step}: ${error}`),
      "nothing",
    ),
    ...section("Still open", outcome.open, "nothing that was looked for"),
  ].map(unlinked);
  return [
    ...facts,
    "",
    "What to do next:",
    ...next,
    `The runbook: ${runbook}`,
    ...(consoleLink ? [`The user in the console: ${consoleLink}`] : []),
  ].join("\n");
}

function section(title: string, lines: readonly string[], none: string): string[] {
  return ["", `${title}:`, ...(lines.length > 0 ? lines : [none]).map((line) => `- ${line}`)];
}
