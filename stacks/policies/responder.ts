import { TAG_KEYS } from "../../functions/contract";
import type { Account } from "../config/rollout";
import { NAMES, type AccountNames } from "../names";
import { policyDocument, type PolicyDocument, type Statement } from "./document";
import { writeLogs } from "./function-logs";

/**
 * What the responder may do. Users of every path are in reach, since an attacker chooses the path; what may
 * be done to them is narrowed by condition instead.
 *
 * @param drillRoleArn Role of the drill. @default - the account has none
 */
export function responderPolicy(
  names: AccountNames,
  account: Containing,
  drillRoleArn?: string,
): PolicyDocument {
  const startHold: Statement = {
    Sid: "StartHold",
    Effect: "Allow",
    Action: "sns:Publish",
    Resource: names.topicArnOf(NAMES.hold),
  };
  return containing(
    names,
    account,
    NAMES.responder,
    startHold,
    ...(account.mode === "enforce" ? [FIND_UNDONE_QUARANTINES] : []),
    ...(drillRoleArn === undefined ? [] : [readAnnouncement(drillRoleArn)]),
  );
}

/** Whom the drill says that it is about to create. */
function readAnnouncement(drillRoleArn: string): Statement {
  return { Sid: "ReadAnnouncement", Effect: "Allow", Action: "iam:ListRoleTags", Resource: drillRoleArn };
}

/** What the function may do that looks at a quarantine again: the same, but for starting another look. */
export function holdPolicy(names: AccountNames, account: Containing): PolicyDocument {
  return containing(names, account, NAMES.hold);
}

type Containing = Pick<Account, "mode" | "deactivateAccessKeys" | "deleteLoginProfile">;

function containing(
  names: AccountNames,
  account: Containing,
  functionName: string,
  ...others: Statement[]
): PolicyDocument {
  return policyDocument(
    ...(account.mode === "enforce"
      ? [...containUsers(names), ...takeCredentials(names, account), keepQuarantinePolicy(names)]
      : []),
    inspectUsers(names),
    FIND_RENAMED_USERS,
    ...announce(names),
    ...others,
    writeLogs(names, functionName),
  );
}

/** The ways to deny, and the tags that record them. */
function containUsers(names: AccountNames): Statement[] {
  const tagKeys = Object.values(TAG_KEYS);
  const Resource = names.usersArn();
  return [
    {
      Sid: "AttachQuarantineOnly",
      Effect: "Allow",
      Action: "iam:AttachUserPolicy",
      Resource,
      Condition: { ArnEquals: { "iam:PolicyARN": names.quarantinePolicyArn } },
    },
    {
      // IAM has no condition on the content of an inline policy: this is the widest right the responder has.
      Sid: "DenyInline",
      Effect: "Allow",
      Action: "iam:PutUserPolicy",
      Resource,
    },
    {
      Sid: "BoundToQuarantineOnly",
      Effect: "Allow",
      Action: "iam:PutUserPermissionsBoundary",
      Resource,
      Condition: { ArnEquals: { "iam:PermissionsBoundary": names.quarantinePolicyArn } },
    },
    {
      Sid: "WriteOwnTagsOnly",
      Effect: "Allow",
      Action: "iam:TagUser",
      Resource,
      Condition: {
        "ForAllValues:StringEquals": { "aws:TagKeys": tagKeys },
        // ForAllValues is true of a request without the key.
        Null: { "aws:TagKeys": "false" },
      },
    },
    {
      // User tag keys ignore case: a key the attacker wrote in another case has to go before ours can be
      // written. So has any other one of a user who has the fifty tags that IAM allows.
      Sid: "MakeRoomForOwnTags",
      Effect: "Allow",
      Action: "iam:UntagUser",
      Resource,
    },
  ];
}

function takeCredentials(
  names: AccountNames,
  { deactivateAccessKeys, deleteLoginProfile }: Pick<Account, "deactivateAccessKeys" | "deleteLoginProfile">,
): Statement[] {
  const Action = [
    ...(deactivateAccessKeys
      ? [
          "iam:UpdateAccessKey",
          "iam:UpdateServiceSpecificCredential",
          "iam:UpdateSigningCertificate",
          "iam:UpdateSSHPublicKey",
        ]
      : []),
    ...(deleteLoginProfile ? ["iam:DeleteLoginProfile"] : []),
  ];
  return Action.length === 0
    ? []
    : [{ Sid: "TakeCredentials", Effect: "Allow", Action, Resource: names.usersArn() }];
}

/** What the reader of a user's state calls, in the functions and in the commands that use it. */
export const READ_USER = [
  "iam:GetLoginProfile",
  "iam:GetUser",
  "iam:GetUserPolicy",
  "iam:ListAccessKeys",
  "iam:ListAttachedUserPolicies",
  "iam:ListGroupsForUser",
  "iam:ListMFADevices",
  "iam:ListServiceSpecificCredentials",
  "iam:ListSigningCertificates",
  "iam:ListSSHPublicKeys",
  "iam:ListUserPolicies",
  "iam:ListUserTags",
] as const;

function inspectUsers(names: AccountNames): Statement {
  return {
    Sid: "InspectUsers",
    Effect: "Allow",
    Action: [...READ_USER],
    Resource: names.usersArn(),
  };
}

/**
 * Finds a user that was renamed. ListUsers has no resource level: IAM grants it on the whole account or not
 * at all.
 */
const FIND_RENAMED_USERS: Statement = {
  Sid: "FindRenamedUsers",
  Effect: "Allow",
  Action: "iam:ListUsers",
  Resource: "*",
};

/**
 * Finds a user who was renamed before the event came that names it, by its tags: see restore.ts. It reads the
 * policies of all users too, and has no resource level either.
 */
const FIND_UNDONE_QUARANTINES: Statement = {
  Sid: "FindUndoneQuarantines",
  Effect: "Allow",
  Action: "iam:GetAccountAuthorizationDetails",
  Resource: "*",
};

/** Shows what the quarantine policy really says, since an administrator can change it, and sets it right. */
function keepQuarantinePolicy(names: AccountNames): Statement {
  return {
    Sid: "KeepQuarantinePolicy",
    Effect: "Allow",
    Action: [
      "iam:GetPolicy",
      "iam:GetPolicyVersion",
      "iam:ListEntitiesForPolicy",
      "iam:ListPolicyVersions",
      // Chooses among versions that are there; to write one would be the right to write any content.
      "iam:SetDefaultPolicyVersion",
    ],
    Resource: names.quarantinePolicyArn,
  };
}

/**
 * The alert, and what Lambda itself sends under the function's role: the outcome, or the event that failed.
 * The topic's AWS-managed key admits every role of the account that may publish.
 */
function announce(names: AccountNames): Statement[] {
  return [
    { Sid: "PublishAlert", Effect: "Allow", Action: "sns:Publish", Resource: names.topicArn },
    { Sid: "HandOnOutcome", Effect: "Allow", Action: "events:PutEvents", Resource: names.defaultBusArn },
    {
      Sid: "KeepFailedEvents",
      Effect: "Allow",
      Action: "sqs:SendMessage",
      Resource: names.queueArn(NAMES.deadLetters),
    },
  ];
}
