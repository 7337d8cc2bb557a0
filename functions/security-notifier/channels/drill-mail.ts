import { LINE, reservation } from "../../shared/alert/outcome-alert";
import { composeAlert, type Alert } from "../../shared/alert/sns-alert";
import type { DrillNotice, SilenceNotice, SilentAccount } from "../notice";

/**
 * The mail about a drill: the first of a week, or one that failed.
 *
 * @param runbook Where people find the section about it.
 */
export function composeDrill({ sender, drill }: DrillNotice, runbook: string): Alert {
  const { status, accountId, accountName, failed, leftOvers } = drill;
  const hasPassed = status === "PASSED";
  const severity = hasPassed ? "LOW" : "HIGH";
  const attributes = { severity, status: `DRILL_${status}`, accountId: sender };
  const text = [
    `The drill in account ${sender} ${hasPassed ? "passed" : "FAILED"}.`,
    ...reservation(sender),
    ...(accountId === sender ? [] : [`CAUTION: it calls itself ${accountId}, which is another account.`]),
    "What to do next:",
    ...(hasPassed
      ? ["Nothing. When drills stop coming from an account, a mail says so."]
      : [
          "Until a drill passes, treat the account as one where nothing answers the creation of a user:",
          `${runbook}. In a checkout of this project:`,
          `  npm run quarantine -- status --account ${sender}`,
          `  npm run quarantine -- rollout --account ${sender}`,
          `  npm run quarantine -- drill --account ${sender}`,
        ]),
    LINE,
    ...(drill.summary === "" ? [] : [drill.summary, ""]),
    `Severity:    ${severity}`,
    `Status:      ${status}`,
    `Account:     ${accountName} (${accountId})`,
    `User:        ${drill.userName || "none was created"}`,
    `Started at:  ${drill.startedAt || "unknown"}`,
    `Contained:   ${after(drill.secondsToContained)}`,
    `Denied:      ${after(drill.secondsToDenied)}`,
    `Version:     ${drill.version}`,
    ...section(
      "Failed",
      failed.map(({ step, error }) => `${step}: ${error}`),
    ),
    ...section("Deleted users of earlier drills", leftOvers),
  ];
  return composeAlert({
    subject: `[DRILL] ${sender}: drill ${status} in ${accountName}`,
    attributes,
    // Every field has its own limit, and all of them together fit.
    full: 0,
    compose: () => ({ text: text.join("\n"), facts: { ...attributes, sender, drill } }),
  });
}

function after(seconds: number | null): string {
  return seconds === null ? "no" : `${seconds} s after the creation`;
}

function section(title: string, lines: readonly string[]): string[] {
  return ["", `${title}:`, ...(lines.length > 0 ? lines : ["nothing"]).map((line) => `- ${line}`)];
}

/** An account that is silent may have no quarantine at all. */
const SILENCE_SEVERITY = "HIGH";

/** Accounts that a command of the mail names. */
const MOST_IN_COMMAND = 10;

/**
 * The mail about accounts of which no sign of life has been heard for two periods.
 *
 * @param runbook As of {@link composeDrill}.
 */
export function composeSilence(notice: SilenceNotice, runbook: string): Alert {
  const { sender, accounts, everyHours, part, parts, sign } = notice;
  const count = `${accounts.length} silent account${accounts.length === 1 ? "" : "s"}`;
  const attributes = { severity: SILENCE_SEVERITY, status: "SILENT", accountId: sender };
  const selection = accounts
    .slice(0, MOST_IN_COMMAND)
    // A sweep's account calls itself as it likes.
    .map(({ id, name }) => `--account ${sign === "sweep" ? id : name}`)
    .join(" ");
  const text = [
    `${count}: for ${2 * everyHours} hours no ${sign === "sweep" ? "word of the sweep" : "drill that passed"} has come from ${accounts.length === 1 ? "it" : "them"}.`,
    "Users who are created there may stay free, and nobody would hear of it.",
    ...(parts === 1
      ? []
      : [`This is part ${part} of ${parts} of the organization; each has a mail of its own.`]),
    "It is mailed again once a day, and when another account falls silent.",
    "",
    ...accounts.map((account) => describe(account, notice)),
    "",
    `What to do next (${runbook}), in a checkout of this project:`,
    ...(sign === "sweep" ? afterSweeps(selection) : afterDrills(selection)),
    "Then bring the account back:",
    `  npm run quarantine -- rollout ${selection}`,
  ];
  return composeAlert({
    subject: `[${SILENCE_SEVERITY}] ${count}: ${accounts.map(({ id, name }) => (sign === "sweep" ? id : name)).join(", ")}`,
    attributes,
    full: 0,
    compose: () => ({ text: text.join("\n"), facts: { ...attributes, everyHours, part, parts, accounts } }),
  });
}

function afterDrills(selection: string): string[] {
  return [
    `  npm run quarantine -- drill ${selection}`,
    "- It says that the function is not there: the account was not rolled out, or somebody deleted the function.",
    "- It fails: its steps say what does not answer. Look at the trail, at the rules security-response-* (disabled,",
    "  without targets), and at the concurrency of security-response (0?).",
    "- It passes: what comes back does not arrive. Look at the rules security-response-drill and",
    "  security-response-outcomes, at the role security-response-forwarding, and at the bus of this account.",
  ];
}

function afterSweeps(selection: string): string[] {
  return [
    `  npm run quarantine -- plan ${selection} --diff`,
    "Look at the rule security-response-sweep (disabled, without a target), at the function quarantine-sweep",
    "(gone, failing, concurrency 0?), at the rule security-response-outcomes and the role",
    "security-response-forwarding, and at the bus of this account.",
  ];
}

function describe(
  { id, name, lastPassed, lastUnproven }: SilentAccount,
  { everyHours, sign }: SilenceNotice,
): string {
  if (sign === "sweep") {
    return `- ${id} (calls itself ${name || "nothing"}): the last came at ${lastPassed ?? "an unknown time"}`;
  }
  const passed =
    lastPassed === undefined
      ? `no drill passed in ${3 * everyHours} hours`
      : `the last drill passed at ${lastPassed}`;
  const unproven = lastUnproven === undefined ? "" : `; one failed or was not proven at ${lastUnproven}`;
  return `- ${id} ${name}: ${passed}${unproven}`;
}
