import type { SNSClient } from "@aws-sdk/client-sns";
import { QUARANTINE_POLICY_NAME } from "../../contract";
import { composeOutcomeAlert, LINE, reservation } from "../../shared/alert/outcome-alert";
import { publish } from "../../shared/alert/publish";
import { composeAlert, composeEventAlert, withLastLine, type Alert } from "../../shared/alert/sns-alert";
import type { AlarmNotice, Notice, UnreadableNotice } from "../notice";
import type { Channel } from "../notify";
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

/** The mail about a notice, with a link to the dashboard where there is one. */
export function composeMail(
  notice: Notice,
  { partition, dashboardLink }: Pick<Settings, "partition" | "dashboardLink">,
): Alert {
  const alert = compose(notice, partition);
  return dashboardLink === undefined ? alert : withLastLine(alert, `\nThe dashboard: ${dashboardLink}`);
}

function compose(notice: Notice, partition: string): Alert {
  switch (notice.kind) {
    case "outcome": {
      const { outcome, sender } = notice;
      const policyArn = `arn:${partition}:iam::${sender}:policy/${QUARANTINE_POLICY_NAME}`;
      return composeOutcomeAlert(outcome, { partition, policyArn, sender });
    }
    case "drill":
      return composeDrill(notice);
    case "silence":
      return composeSilence(notice);
    case "health":
      return composeHealth(notice);
    case "alarm":
      return composeAlarm(notice);
    case "change":
      return composeChange(notice);
    case "refusal":
      return composeRefusal(notice);
    case "unreadable":
      return composeUnreadable(notice);
  }
}

/** An alarm says that the quarantine may not work, so it is never less than this. */
const ALARM_SEVERITY = "HIGH";

function composeAlarm({ sender, name, description, reason, time }: AlarmNotice): Alert {
  const text = [
    `The quarantine of account ${sender} needs attention.`,
    ...reservation(sender),
    "What to do next: the chapter on alarms in docs/runbook.md has each alarm by its name.",
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

function composeUnreadable({ sender, event, problem }: UnreadableNotice): Alert {
  const attributes = { severity: "HIGH", status: "UNREADABLE", accountId: sender };
  return composeEventAlert(event, {
    subject: `[HIGH] ${sender}: unreadable event on the central bus`,
    attributes,
    intro: [
      `An event that account ${sender} sent to the central bus could not be read.`,
      "It may be the outcome of a response: look at the users of the account, and at who can put events there.",
      "",
      `Problem: ${problem}`,
      "The event reads:",
    ],
    facts: { ...attributes, problem },
  });
}
