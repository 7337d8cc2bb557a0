import { CHANNELS } from "../../contract";
import { LINE } from "../../shared/alert/outcome-alert";
import { composeAlert, type Alert } from "../../shared/alert/sns-alert";
import { stringAt } from "../../shared/json";
import { requestText, type ApiCall } from "../api-call";
import type { ChangeNotice, RefusalNotice } from "../notice";
import type { PauseWords } from "../part-change";

/** What people have to know of a record of CloudTrail. */
const RESERVATION = [
  "CloudTrail recorded it, and nobody but AWS can send such an event. User agent, session name and the names",
  "in the request are the caller's own words.",
];

/**
 * The mail about a change of the rollout's own parts.
 *
 * @param runbook Where people find the section about it.
 */
export function composeChange({ sender, call, change }: ChangeNotice, runbook: string): Alert {
  const { severity, meaning, part, pause } = change;
  return compose({
    subject: `[${severity}] ${sender}: part of the quarantine changed${pause?.kind === "begins" ? ", says PAUSED" : ""}: ${call.eventName} ${part}`,
    attributes: { severity, status: "CHANGED", accountId: sender },
    text: [
      `A part of the quarantine in account ${sender} was changed: ${meaning}.`,
      "It was not the deployment role. Until it is as it was, the quarantine may not work.",
      ...(pause ? pauseLines(pause) : []),
      ...RESERVATION,
      "What to do next:",
      ...nextSteps(sender, call, pause, runbook),
      LINE,
      `Severity:    ${severity}`,
      `Account:     ${sender}`,
      `What:        ${meaning}`,
      `Part:        ${part}`,
      ...facts(call),
      `Request:     ${requestText(call.parameters) || "not recorded"}`,
    ],
    facts: { part, meaning, ...(pause?.kind === "begins" && { pause: pause.text }), ...factsOf(call) },
  });
}

function pauseLines(pause: PauseWords): string[] {
  return pause.kind === "begins"
    ? [
        "",
        "The request says that it is a pause, in which nobody new is denied:",
        `  ${pause.text}`,
        "Who did it is below: the caller, and the operator as its source identity.",
        "",
      ]
    : ["The request gives the function the description that it has without a pause: one may have ended."];
}

function nextSteps(sender: string, call: ApiCall, pause: PauseWords | undefined, runbook: string): string[] {
  return [
    ...(pause?.kind === "begins"
      ? [
          "If you know of the pause, nothing: it ends by itself, and users created in it are answered then. To end it now:",
          `  npm run quarantine -- resume --account ${sender}`,
          "Otherwise:",
        ]
      : []),
    ...bringBack(sender, call),
    `Then look into ${call.caller} and what else it did, and at users created since: ${runbook}.`,
  ];
}

function bringBack(sender: string, { eventSource, eventName, parameters }: ApiCall): string[] {
  if (eventSource === "cloudtrail.amazonaws.com") {
    const name = stringAt(parameters, "name") ?? "";
    return [
      "Start the trail again, in its home Region. The rollout does not own it:",
      `  aws cloudtrail start-logging --name ${/^[\w.:/-]{1,200}$/.test(name) ? name : "TRAIL"}`,
    ];
  }
  if (eventName === "UpdateFunctionCode") {
    // Terraform's provider keeps the hash of the code that it uploaded, and does not see another one.
    const named = stringAt(parameters, "functionName") ?? "";
    const name = FUNCTIONS.find((each) => named.includes(each)) ?? "security-response";
    // Each channel's function has the notifier's code.
    const code = name.startsWith(NOTIFIER) ? NOTIFIER : name;
    return [
      `Upload the code again, with credentials of account ${sender}, in a checkout of the version that it runs. A rollout does not see such a change:`,
      "  npm run build",
      `  aws lambda update-function-code --function-name ${name} --zip-file fileb://dist/functions/${code}.zip`,
    ];
  }
  return [
    "Bring the account back, in a checkout of this project:",
    `  npm run quarantine -- rollout --account ${sender}`,
    "What was added to it stays: remove that by hand (a target, a permission, a policy, a subscription).",
  ];
}

const NOTIFIER = "security-notifier";

/**
 * Functions whose code somebody can replace, the longer names first: nothing else of the record goes into the
 * command.
 */
const FUNCTIONS = [
  ...CHANNELS.map((channel) => `${NOTIFIER}-${channel}`),
  ...[NOTIFIER, "security-response", "quarantine-sweep", "quarantine-drill"],
];

/** Nobody was harmed yet, but somebody tries. */
const REFUSAL_SEVERITY = "HIGH";

/**
 * The mail about a refused attempt.
 *
 * @param runbook As of {@link composeChange}.
 */
export function composeRefusal({ sender, call }: RefusalNotice, runbook: string): Alert {
  const { caller, eventName, errorCode, errorMessage } = call;
  return compose({
    subject: `[${REFUSAL_SEVERITY}] ${sender}: refused: ${eventName} by ${caller}`,
    attributes: { severity: REFUSAL_SEVERITY, status: "REFUSED", accountId: sender },
    text: [
      `Somebody in account ${sender} was refused what would undo a quarantine, or change a part of it.`,
      "The call changed nothing. More refusals of this caller in this hour are in the audit log alone.",
      ...RESERVATION,
      "What to do next:",
      `Ask who ${caller} is. Unless it was meant, end its sessions and keys: ${runbook}.`,
      LINE,
      `Severity:    ${REFUSAL_SEVERITY}`,
      `Account:     ${sender}`,
      ...facts(call),
      `Error:       ${errorCode}`,
      `Message:     ${errorMessage || "not recorded"}`,
    ],
    facts: { errorCode, errorMessage, ...factsOf(call) },
  });
}

function facts(call: ApiCall): string[] {
  return [
    `Call:        ${call.eventName} of ${call.eventSource}`,
    `Caller:      ${call.caller}`,
    `Session:     ${call.callerArn || "none"}`,
    ...(call.sourceIdentity === undefined ? [] : [`Operator:    ${call.sourceIdentity} (source identity)`]),
    `From:        ${call.sourceIp || "unknown"}`,
    `User agent:  ${call.userAgent || "unknown"}`,
    `At:          ${call.time || "unknown"}`,
    `Region:      ${call.region || "unknown"}`,
    `Event:       ${call.eventId || "unknown"}`,
  ];
}

function factsOf({ parameters, ...call }: ApiCall): object {
  return { ...call, request: requestText(parameters) };
}

function compose(parts: {
  readonly subject: string;
  readonly attributes: Alert["attributes"];
  readonly text: readonly string[];
  readonly facts: object;
}): Alert {
  const { subject, attributes, text } = parts;
  return composeAlert({
    subject,
    attributes,
    // Every field has its own limit, and all of them together fit.
    full: 0,
    compose: () => ({ text: text.join("\n"), facts: { ...attributes, ...parts.facts } }),
  });
}
