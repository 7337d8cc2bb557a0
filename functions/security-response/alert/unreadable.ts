import { runbookPlace } from "../../shared/alert/runbook";
import { composeEventAlert, type Alert } from "../../shared/alert/sns-alert";
import { plain } from "../../shared/text";
import type { EventError } from "../errors";
import type { Settings } from "../settings";

/** The alert about an event that could not be read. It shows as much of the event as fits. */
export function composeUnreadable(error: EventError, payload: unknown, settings: Settings): Alert {
  const { accountId } = settings;
  const where = `${plain(settings.accountName, 100)} (${accountId})`;
  const problem = plain(error.message, 600);
  return composeEventAlert(payload, {
    subject: `[HIGH] Unreadable IAM event in ${settings.accountName}`,
    attributes: { severity: "HIGH", status: "UNREADABLE", accountId },
    intro: [
      `An event that may be the creation of an IAM user in account ${where} could not be read.`,
      "No user was contained. Check by hand which users were created.",
      "",
      `Problem: ${problem}`,
      "The event is kept in the dead-letter queue.",
      `The runbook: ${runbookPlace("An event could not be read", settings.runbookUrl)}`,
      "The event reads:",
    ],
    facts: { status: "UNREADABLE", accountId, field: error.field, problem },
  });
}
