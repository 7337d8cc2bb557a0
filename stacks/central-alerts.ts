import type { CloudwatchEventTargetInputTransformer } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import type { Outcome } from "../functions/contract";

/**
 * Input transformers that turn forwarded events into a mail. Each line of a template is a quoted string,
 * which is how EventBridge writes several lines of text (EventBridge guide, "Amazon EventBridge input
 * transformation").
 */

/** Fields of an outcome that the message shows; typed, so that a renamed field does not compile. */
const OUTCOME_FIELDS = [
  "summary",
  "status",
  "severity",
  "accountName",
  "userArn",
  "createdBy",
  "sourceIp",
  "eventTime",
  "containedAt",
  "method",
  "eventId",
] as const satisfies readonly (keyof Outcome)[];

/** An outcome of a responder, as it arrives in the security account. */
export const OUTCOME_MESSAGE: CloudwatchEventTargetInputTransformer = {
  inputPaths: {
    // From the envelope, which EventBridge writes: an account cannot forge another account's outcome.
    account: "$.account",
    ...Object.fromEntries(OUTCOME_FIELDS.map((field) => [field, `$.detail.responsePayload.${field}`])),
  },
  inputTemplate: [
    '"<severity> <status>: <summary>"',
    '"Account: <account> (<accountName>)"',
    '"User: <userArn>"',
    '"Created by: <createdBy> from <sourceIp>"',
    '"Created at: <eventTime>"',
    '"Contained at: <containedAt> (<method>)"',
    '"CloudTrail event: <eventId>"',
  ].join("\n"),
};

/** An alarm of a target account. */
export const ALARM_MESSAGE: CloudwatchEventTargetInputTransformer = {
  inputPaths: {
    name: "$.detail.alarmName",
    account: "$.account",
    time: "$.time",
  },
  inputTemplate: [
    '"The quarantine of account <account> needs attention: alarm <name> went off at <time>."',
    '"The account\'s topic security-alerts has the details; the runbook says what to do."',
  ].join("\n"),
};
