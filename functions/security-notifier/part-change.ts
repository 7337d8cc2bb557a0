import { PAUSED_DESCRIPTION, RESPONDER_DESCRIPTION, type SEVERITIES } from "../contract";
import { stringAt } from "../shared/json";
import { requestText, type ApiCall } from "./api-call";
import { quoted } from "./quoted";

/** What a change of one of the rollout's parts means. */
export interface PartChange {
  /** In plain words, for example `the rule was disabled`. */
  readonly meaning: string;
  /** CRITICAL for what can make the account blind or let go of its users. */
  readonly severity: (typeof SEVERITIES)[number];
  /** Name or ARN of the part, as the call names it; `unknown` when the record does not say. */
  readonly part: string;
  /**
   * What the request says of a pause: the caller's own words, since the environment, which decides, is in no
   * record. Absent for a change that says nothing of one.
   */
  readonly pause?: PauseWords;
}

/** `begins`: the text of the description, such as `PAUSED until 2026-12-24T18:00:00Z by alice ...`. */
export type PauseWords = { readonly kind: "begins"; readonly text: string } | { readonly kind: "ends" };

interface Kind {
  readonly service: string;
  readonly calls: RegExp;
  readonly meaning: string;
  readonly severity: PartChange["severity"];
}

const critical = (service: string, calls: RegExp, meaning: string): Kind => ({
  ...{ service, calls, meaning },
  severity: "CRITICAL",
});
const high = (service: string, calls: RegExp, meaning: string): Kind => ({
  ...{ service, calls, meaning },
  severity: "HIGH",
});
const ANY = /^/;

/** The first that matches decides. */
const KINDS: readonly Kind[] = [
  critical("events", /^DisableRule$/, "the rule was disabled"),
  critical("events", /^DeleteRule$/, "the rule was deleted"),
  critical("events", /^RemoveTargets$/, "targets were removed from the rule"),
  critical("events", /^PutRule$/, "the rule's pattern or state was set"),
  critical("events", /^PutTargets$/, "targets of the rule were set"),
  critical("events", /^(Put|Remove)Permission$/, "the policy of the bus was changed"),
  critical("events", /^(Delete|Update)EventBus$/, "the bus was changed or deleted"),
  critical(
    "events",
    /(ApiDestination|Connection)$/,
    "where a webhook goes, or with what credentials, was changed",
  ),
  high("events", ANY, "the rule, the bus or the archive was changed"),
  critical("lambda", /^CreateFunction$/, "a function was made with a name or a role of the quarantine's"),
  critical("lambda", /^DeleteFunction$/, "the function was deleted"),
  critical("lambda", /^PutFunctionConcurrency$/, "the function's reserved concurrency was set"),
  critical(
    "lambda",
    /^UpdateFunctionConfiguration$/,
    // The mode is a variable of the environment, so any such change may have switched the responder off.
    "the function's configuration was changed (CloudTrail does not show the environment, which holds the mode)",
  ),
  critical("lambda", /^UpdateFunctionCode$/, "the function's code was replaced"),
  critical("lambda", /^RemovePermission$/, "a permission to invoke the function was removed"),
  critical("lambda", /EventInvokeConfig$/, "the function's retries or destinations were changed"),
  high("lambda", ANY, "the function was changed"),
  critical("sns", /^DeleteTopic$/, "the topic was deleted"),
  critical(
    "sns",
    /^(SetTopicAttributes|RemovePermission|PutDataProtectionPolicy)$/,
    "the topic's policy or key was changed",
  ),
  critical("sns", /^(Unsubscribe|SetSubscriptionAttributes)$/, "somebody gets fewer mails, or none"),
  high("sns", ANY, "the topic or a subscription was changed"),
  high("sqs", /^DeleteQueue$/, "the dead-letter queue was deleted"),
  high("sqs", /^(PurgeQueue|StartMessageMoveTask)$/, "the dead-letter queue was emptied"),
  high("sqs", ANY, "the dead-letter queue was changed"),
  critical("logs", /^DeleteLog(Group|Stream)$/, "logs were deleted"),
  high("logs", ANY, "the log group was changed"),
  high("monitoring", /^DeleteAlarms$/, "alarms were deleted"),
  high("monitoring", /^(DisableAlarmActions|PutAlarmMuteRule)$/, "alarms do not notify any more"),
  high("monitoring", /Dashboards?$/, "the dashboard was changed or deleted"),
  high("monitoring", ANY, "the alarm was changed, or its state was set"),
  critical("iam", /^(UpdateAssumeRolePolicy|CreateRole)$/, "who may act as the role was set"),
  critical("iam", /Policy(Version)?$/, "a policy that the quarantine depends on was changed"),
  critical("iam", /^(DeleteRole|PutRolePermissionsBoundary)$/, "the role was deleted or limited"),
  high("iam", ANY, "the role or the policy was changed"),
  critical("cloudtrail", /^(StopLogging|DeleteTrail)$/, "a trail was stopped or deleted"),
  critical("cloudtrail", ANY, "what a trail records was changed"),
  critical("organizations", /^DetachPolicy$/, "the guard was detached"),
  critical(
    "organizations",
    /^DisablePolicyType$/,
    "service control policies, the guard among them, were disabled",
  ),
  critical("organizations", ANY, "the guard was changed"),
  critical("kms", /^(DisableKey|ScheduleKeyDeletion|PutKeyPolicy)$/, "the topic's key was withdrawn"),
  high("kms", ANY, "the topic's key was changed"),
];

/** By what a call names the part that it changes. */
const PART_KEYS = [
  ...["rule", "functionName", "topicArn", "subscriptionArn", "queueUrl", "logGroupName", "alarmName"],
  ...["roleName", "policyArn", "policyName", "keyId", "archiveName", "policyId", "name", "eventBusName"],
  ...["dashboardName", "resourceArn", "logGroupIdentifier", "resourceIdentifier", "sourceArn"],
];

/** Said of a call whose parameters are missing in its record. */
const NOT_RECORDED =
  ", if it is one of the quarantine's: CloudTrail leaves out what was changed, since the call has over 100 KB";

/** What a call did to the rollout's parts. */
export function readPartChange(call: ApiCall): PartChange {
  const { eventSource, eventName, parameters } = call;
  const service = eventSource.replace(/\.amazonaws\.com$/, "");
  const kind = KINDS.find((each) => each.service === service && each.calls.test(eventName));
  const named = PART_KEYS.flatMap((key) => stringAt(parameters, key) ?? [])[0];
  const { alarmNames, dashboardNames } = parameters;
  const listed = requestText({ names: alarmNames ?? dashboardNames }).replace("names=", "");
  const concurrency = parameters["reservedConcurrentExecutions"];
  const pause = pauseWords(call);
  // Where a call of the default bus does not name it, that is all that is missing.
  const isOmitted = parameters["omitted"] !== undefined || Object.keys(parameters).length === 0;
  return {
    meaning: [
      kind?.meaning ?? "it was changed",
      typeof concurrency === "number" ? ` to ${concurrency}` : "",
      isOmitted && kind !== undefined ? NOT_RECORDED : "",
    ].join(""),
    severity: kind?.severity ?? "CRITICAL",
    part: quoted(named ?? listed, 300) || "unknown",
    ...(pause !== undefined && { pause }),
  };
}

/** A pause is a change of the configuration by which the description changes too. */
function pauseWords({ eventSource, eventName, parameters }: ApiCall): PauseWords | undefined {
  const description = stringAt(parameters, "description") ?? "";
  if (eventSource !== "lambda.amazonaws.com" || eventName !== "UpdateFunctionConfiguration") {
    return undefined;
  }
  if (description === RESPONDER_DESCRIPTION) {
    return { kind: "ends" };
  }
  return description.startsWith(PAUSED_DESCRIPTION)
    ? { kind: "begins", text: quoted(description, 300) }
    : undefined;
}
