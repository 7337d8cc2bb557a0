import { LINE, reservation } from "../../shared/alert/outcome-alert";
import { composeAlert, type Alert } from "../../shared/alert/sns-alert";
import type { HealthNotice } from "../notice";

/**
 * The mail about the parts of an account that are not as deployed, or are again.
 *
 * @param runbook Where people find the section about it.
 */
export function composeHealth({ sender, health }: HealthNotice, runbook: string): Alert {
  const { severity, status, findings } = health;
  const count = `${findings.length} ${findings.length === 1 ? "finding" : "findings"}`;
  const what =
    status === "HEALTHY" ? "parts as deployed again" : `${count} about the parts of the quarantine`;
  return composeAlert({
    subject: `[${severity}] ${sender}: ${what} in ${health.accountName}`,
    attributes: { severity, status, accountId: sender },
    full: findings.length,
    compose: (items) => {
      const shown = findings.slice(0, items);
      return {
        text: [
          `The sweep of account ${sender} looked at what the quarantine there rests on.`,
          ...reservation(sender),
          ...(health.accountId === sender
            ? []
            : [`CAUTION: it calls itself ${health.accountId}, which is another account.`]),
          ...nextSteps(sender, status, runbook),
          LINE,
          health.summary,
          "",
          `Severity:  ${severity}`,
          `Account:   ${health.accountName} (${health.accountId})`,
          `Looked at: ${health.lookedAt || "unknown"}`,
          `Version:   ${health.version}`,
          ...shown.flatMap((finding) => [
            "",
            `${finding.severity}: ${finding.place} (${finding.kind})`,
            `  Expected: ${finding.expected}`,
            `  Found:    ${finding.found}`,
            `  Since:    ${finding.since || "unknown"}`,
          ]),
          ...(shown.length < findings.length ? ["", `${findings.length - shown.length} more.`] : []),
        ].join("\n"),
        facts: { ...health, findings: shown, sender },
      };
    },
  });
}

function nextSteps(sender: string, status: HealthNotice["health"]["status"], runbook: string): string[] {
  return status === "HEALTHY"
    ? ["Nothing is left to do for what it reported before."]
    : [
        `What to do next: ${runbook} has each kind. Most come back by a rollout:`,
        `  npm run quarantine -- rollout --account ${sender}`,
        "You get this again when it changes, once a day while it lasts, and when all is well.",
      ];
}
