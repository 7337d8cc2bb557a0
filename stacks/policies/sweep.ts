import type { Account } from "../config/rollout";
import { NAMES, type AccountNames } from "../names";
import { policyDocument, type PolicyDocument, type Statement } from "./document";
import { functionLogGroup, writeLogs } from "./function-logs";

/**
 * What the sweep may do: read, and ask the responder. It changes no user. Under the same role, Lambda keeps
 * the events of sweeps that failed.
 */
export function sweepPolicy(
  names: AccountNames,
  account: Pick<Account, "mode" | "deactivateAccessKeys" | "deleteLoginProfile">,
): PolicyDocument {
  return policyDocument(
    // Neither has a resource level: IAM grants each on the whole account or not at all.
    {
      Sid: "ListUsersAndCalls",
      Effect: "Allow",
      Action: ["cloudtrail:LookupEvents", "iam:GetAccountAuthorizationDetails"],
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
      Sid: "ReadAnswers",
      Effect: "Allow",
      Action: "logs:FilterLogEvents",
      Resource: `${names.logGroupArn(functionLogGroup(NAMES.responder))}:*`,
    },
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
