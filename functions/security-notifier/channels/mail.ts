import type { SNSClient } from "@aws-sdk/client-sns";
import { QUARANTINE_POLICY_NAME } from "../../contract";
import { composeOutcomeAlert, LINE, reservation } from "../../shared/alert/outcome-alert";
import { publish } from "../../shared/alert/publish";
import { runbookPlace, type RunbookSection } from "../../shared/alert/runbook";
import { composeAlert, composeEventAlert, withLastLine, type Alert } from "../../shared/alert/sns-alert";
import type { Channel } from "../channel";
import type { AlarmNotice, Notice, UnreadableNotice } from "../notice";
import type { Settings } from "../settings";
import { composeChange, composeRefusal } from "./api-call-mail";
import { composeDrill, composeSilence } from "./drill-mail";
import { composeHealth } from "./health-mail";

/** Mail, and whatever else subscribes to the security account's topic. */
export function mailChannel(settings: Settings, sns: SNSClient, clock: () => number): Channel {
  return {
    name: "mail",
    wants: () => true,
    send: (notice, invocation) =>
      publish(composeMail(notice, settings), settings.topicArn, { sns, clock }, invocation),
  };
}

type MailSettings = Pick<Settings, "partition" | "dashboardLink" | "runbookUrl">;

/** The mail about a notice, with a link to the dashboard where there is one. */
export function composeMail(notice: Notice, { partition, dashboardLink, runbookUrl }: MailSettings): Alert {
  const alert = compose(notice, partition, runbookUrl);
  return dashboardLink === undefined ? alert : withLastLine(alert, `\nThe dashboard: ${dashboardLink}`);
}

function compose(notice: Notice, partition: string, runbookUrl: string | undefined): Alert {
  const runbook = (section: RunbookSection) => runbookPlace(section, runbookUrl);
  switch (notice.kind) {
    case "outcome": {
      const { outcome, sender } = notice;
      const policyArn = `arn:${partition}:iam::${sender}:policy/${QUARANTINE_POLICY_NAME}`;
      return composeOutcomeAlert(outcome, { partition, policyArn, sender, runbookUrl });
    }
    case "drill":
      return composeDrill(notice, runbook("A drill failed"));
    case "silence":
      return composeSilence(notice, runbook("A silent account"));
    case "health":
      return composeHealth(notice, runbook("Health findings"));
    case "alarm":
      return composeAlarm(notice, runbook("Other alarms"));
    case "change":
      return composeChange(notice, runbook("A part of the quarantine was changed"));
    case "refusal":
      return composeRefusal(notice, runbook("A refused attempt"));
    case "unreadable":
      return composeUnreadable(notice, runbook("An event could not be read"));
  }
}

/** An alarm says that the quarantine may not work, so it is never less than this. */
const ALARM_SEVERITY = "HIGH";

function composeAlarm({ sender, name, description, reason, time }: AlarmNotice, runbook: string): Alert {
  const text = [
    `The quarantine of account ${sender} needs attention.`,
    ...reservation(sender),
    `What to do next: ${runbook} has each alarm by its name.`,
    LINE,
    `Account:     ${sender}`,
    `Alarm:       ${name}`,
    `Went off at: ${time || "unknown"}`,
    `Meaning:     ${description || "the alarm has no description"}`,
    `Reason:      ${reason || "unknown"}`,
  ].join("\n");
  const attributes = { severity: ALARM_SEVERITY, status: "ALARM", accountId: sender };
  return composeAlert({
    subject: `[${ALARM_SEVERITY}] ${sender}: alarm ${name}`,
    attributes,
    full: 0,
    compose: () => ({ text, facts: { ...attributes, alarmName: name, description, reason, time } }),
  });
}

function composeUnreadable({ sender, event, problem }: UnreadableNotice, runbook: string): Alert {
  const attributes = { severity: "HIGH", status: "UNREADABLE", accountId: sender };
  return composeEventAlert(event, {
    subject: `[HIGH] ${sender}: unreadable event on the central bus`,
    attributes,
    intro: [
      `An event that account ${sender} sent to the central bus could not be read.`,
      "It may be the outcome of a response: look at the users of the account, and at who can put events there.",
      `The runbook: ${runbook}`,
      "",
      `Problem: ${problem}`,
      "The event reads:",
    ],
    facts: { ...attributes, problem },
  });
}
