import { functionLogGroup, HEALTH_DETAIL_TYPE, SWEEP_SOURCE } from "../../functions/contract";
import type { Account } from "../config/rollout";
import { NAMES, type AccountNames } from "../names";
import { policyDocument, type PolicyDocument, type Statement } from "./document";
import { functionRole } from "./function-role";

/** Rules that the health check reads: those of a target account, except the sweep's own and the drill's. */
const RULES = [
  NAMES.detectionRule,
  NAMES.undoneRule,
  NAMES.outcomeRule,
  NAMES.alarmRule,
  NAMES.changeRule,
  NAMES.otherChangeRule,
  NAMES.refusalRule,
];

/** Functions that the health check reads. */
const FUNCTIONS = [NAMES.responder, NAMES.hold];

/**
 * The sweep's permissions: it reads, asks the responder, and reports on the account's parts. It changes no
 * user. With the same role, Lambda sends the events of failed sweeps to the dead-letter queue.
 */
export function sweepPolicy(
  names: AccountNames,
  account: Pick<Account, "mode" | "deactivateAccessKeys" | "deleteLoginProfile">,
): PolicyDocument {
  return policyDocument(
    // IAM can grant each of these only for the whole account.
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
    ...functionRole(names, NAMES.sweep),
  );
}

/** Reading the account's parts, and putting the health report on the bus. */
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
      // Any name, any home Region, and any account: an organization trail belongs to the management account.
      Resource: `arn:${names.partition}:cloudtrail:*:*:trail/*`,
    },
    // Only this source and detail-type, so that the sweep's role cannot forge outcomes of the responder.
    {
      Sid: "ReportHealth",
      Effect: "Allow",
      Action: "events:PutEvents",
      Resource: names.defaultBusArn,
      Condition: {
        // ForAllValues is also true of a request without the keys, hence the Null conditions.
        "ForAllValues:StringEquals": {
          "events:source": SWEEP_SOURCE,
          "events:detail-type": HEALTH_DETAIL_TYPE,
        },
        Null: { "events:source": "false", "events:detail-type": "false" },
      },
    },
  ];
}

/** Reading the credentials that the responder deactivates or deletes. */
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
