import { HEALTH_DETAIL_TYPE, SWEEP_SOURCE } from "../../functions/contract";
import type { Account } from "../config/rollout";
import { NAMES, type AccountNames } from "../names";
import { policyDocument, type PolicyDocument, type Statement } from "./document";
import { functionLogGroup, writeLogs } from "./function-logs";

/** Rules whose health the sweep looks at: those of a target account but its own. */
const RULES = [
  NAMES.detectionRule,
  NAMES.undoneRule,
  NAMES.outcomeRule,
  NAMES.alarmRule,
  NAMES.changeRule,
  NAMES.otherChangeRule,
  NAMES.refusalRule,
];

/** Functions whose health the sweep looks at. */
const FUNCTIONS = [NAMES.responder, NAMES.hold];

/**
 * What the sweep may do: read, ask the responder, and say how the account's parts are. It changes no user.
 * Under the same role, Lambda keeps the events of sweeps that failed.
 */
export function sweepPolicy(
  names: AccountNames,
  account: Pick<Account, "mode" | "deactivateAccessKeys" | "deleteLoginProfile">,
): PolicyDocument {
  return policyDocument(
    // None has a resource level: IAM grants each on the whole account or not at all.
    {
      Sid: "ListUsersCallsAndTrails",
      Effect: "Allow",
      Action: ["cloudtrail:DescribeTrails", "cloudtrail:LookupEvents", "iam:GetAccountAuthorizationDetails"],
      Resource: "*",
    },
    {
      Sid: "ReadQuarantinePolicy",
      Effect: "Allow",
      Action: ["iam:GetPolicy", "iam:GetPolicyVersion"],
      Resource: names.quarantinePolicyArn,
    },
    ...readCredentials(names, account),
    {
      Sid: "ReadAnswersAndOwnReports",
      Effect: "Allow",
      Action: "logs:FilterLogEvents",
      Resource: [NAMES.responder, NAMES.sweep].map(
        (name) => `${names.logGroupArn(functionLogGroup(name))}:*`,
      ),
    },
    ...readParts(names),
    {
      Sid: "AskResponder",
      Effect: "Allow",
      Action: "lambda:InvokeFunction",
      Resource: names.functionArn(NAMES.responder),
    },
    {
      Sid: "KeepFailedEvents",
      Effect: "Allow",
      Action: "sqs:SendMessage",
      Resource: names.queueArn(NAMES.deadLetters),
    },
    writeLogs(names, NAMES.sweep),
  );
}

/** The account's parts, and the one event that says how they are. */
function readParts(names: AccountNames): Statement[] {
  return [
    {
      Sid: "ReadRules",
      Effect: "Allow",
      Action: ["events:DescribeRule", "events:ListTargetsByRule"],
      Resource: RULES.map((rule) => names.ruleArn(rule)),
    },
    {
      Sid: "ReadFunctions",
      Effect: "Allow",
      Action: [
        "lambda:GetFunctionConcurrency",
        "lambda:GetFunctionConfiguration",
        "lambda:GetFunctionEventInvokeConfig",
      ],
      Resource: FUNCTIONS.map((name) => names.functionArn(name)),
    },
    {
      Sid: "CountDeadLetters",
      Effect: "Allow",
      Action: ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"],
      Resource: names.queueArn(NAMES.deadLetters),
    },
    {
      Sid: "ListSubscriptions",
      Effect: "Allow",
      Action: "sns:ListSubscriptionsByTopic",
      Resource: [names.topicArn, names.topicArnOf(NAMES.hold)],
    },
    {
      Sid: "ReadTrails",
      Effect: "Allow",
      Action: ["cloudtrail:GetEventSelectors", "cloudtrail:GetTrailStatus"],
      // Any name, any home Region, and by inference the management account, whose trail members see.
      Resource: `arn:${names.partition}:cloudtrail:*:*:trail/*`,
    },
    // Not what outcomes are put with: that could forge those of the responder.
    {
      Sid: "ReportHealth",
      Effect: "Allow",
      Action: "events:PutEvents",
      Resource: names.defaultBusArn,
      Condition: {
        // The keys may have several values, and "for all" holds for none as well.
        "ForAllValues:StringEquals": {
          "events:source": SWEEP_SOURCE,
          "events:detail-type": HEALTH_DETAIL_TYPE,
        },
        Null: { "events:source": "false", "events:detail-type": "false" },
      },
    },
  ];
}

/** What a quarantined user could act with, as far as the responder takes it away. */
function readCredentials(
  names: AccountNames,
  {
    mode,
    deactivateAccessKeys,
    deleteLoginProfile,
  }: Pick<Account, "mode" | "deactivateAccessKeys" | "deleteLoginProfile">,
): Statement[] {
  const Action = [
    ...(deactivateAccessKeys
      ? [
          "iam:ListAccessKeys",
          "iam:ListServiceSpecificCredentials",
          "iam:ListSigningCertificates",
          "iam:ListSSHPublicKeys",
        ]
      : []),
    ...(deleteLoginProfile ? ["iam:GetLoginProfile"] : []),
  ];
  return mode !== "enforce" || Action.length === 0
    ? []
    : [{ Sid: "ReadCredentials", Effect: "Allow", Action, Resource: names.usersArn() }];
}
