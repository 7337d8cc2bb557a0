import type { CloudwatchEventTargetInputTransformer } from "@cdktf/provider-aws/lib/cloudwatch-event-target";

/**
 * Input transformers that turn forwarded events into a mail. Each line of a template is a quoted string, which is how
 * EventBridge writes several lines of text (EventBridge guide, "Amazon EventBridge input transformation").
 */

/** An outcome of a responder; its fields are those of `Outcome` in functions/contract.ts. */
export const OUTCOME_MESSAGE: CloudwatchEventTargetInputTransformer = {
  inputPaths: {
    summary: "$.detail.responsePayload.summary",
    status: "$.detail.responsePayload.status",
    severity: "$.detail.responsePayload.severity",
    accountName: "$.detail.responsePayload.accountName",
    accountId: "$.detail.responsePayload.accountId",
    userArn: "$.detail.responsePayload.userArn",
    createdBy: "$.detail.responsePayload.createdBy",
    sourceIp: "$.detail.responsePayload.sourceIp",
    eventTime: "$.detail.responsePayload.eventTime",
    containedAt: "$.detail.responsePayload.containedAt",
    method: "$.detail.responsePayload.method",
    eventId: "$.detail.responsePayload.eventId",
  },
  inputTemplate: [
    '"<severity> <status>: <summary>"',
    '"Account: <accountName> (<accountId>)"',
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
