import { TAG_KEYS } from "../../functions/contract";
import type { Account } from "../config/rollout";
import { NAMES, type AccountNames } from "../names";
import { policyDocument, type PolicyDocument, type Statement } from "./document";
import { functionRole } from "./function-role";

/**
 * The responder's permissions. They cover users of every path, since an attacker chooses the path; conditions
 * limit what may be done to the users instead.
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

/** Reading the name of the user that the drill is about to create. */
function readAnnouncement(drillRoleArn: string): Statement {
  return { Sid: "ReadAnnouncement", Effect: "Allow", Action: "iam:ListRoleTags", Resource: drillRoleArn };
}

/** The permissions of the hold: those of the responder, except starting a hold. */
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
    ...functionRole(names, functionName),
  );
}

/** The deny methods, and the tags that record them. */
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
      // IAM has no condition on the content of an inline policy: this is the responder's widest permission.
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
      // Tag keys of users ignore case: a key that an attacker wrote in another case has to be removed before
      // ours can be written. So has any other key of a user that has fifty tags, the most that IAM allows.
      // The tags of a forged release have to go as well.
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

/** The calls of `readUserState`, in functions and commands. */
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
 * Finds a user that was renamed. IAM can grant ListUsers only for the whole account.
 */
const FIND_RENAMED_USERS: Statement = {
  Sid: "FindRenamedUsers",
  Effect: "Allow",
  Action: "iam:ListUsers",
  Resource: "*",
};

/**
 * Finds, by its tags, a user that was renamed before the event with its old name arrived: see restore.ts. The
 * call also reads the policies of all users, and IAM can grant it only for the whole account.
 */
const FIND_UNDONE_QUARANTINES: Statement = {
  Sid: "FindUndoneQuarantines",
  Effect: "Allow",
  Action: "iam:GetAccountAuthorizationDetails",
  Resource: "*",
};

/** Reads the quarantine policy, which an administrator can change, and restores it. */
function keepQuarantinePolicy(names: AccountNames): Statement {
  return {
    Sid: "KeepQuarantinePolicy",
    Effect: "Allow",
    Action: [
      "iam:GetPolicy",
      "iam:GetPolicyVersion",
      "iam:ListEntitiesForPolicy",
      "iam:ListPolicyVersions",
      // Chooses among existing versions; the permission to create one would allow any content.
      "iam:SetDefaultPolicyVersion",
    ],
    Resource: names.quarantinePolicyArn,
  };
}

/**
 * Sending the alert, and what Lambda itself sends with the function's role: the outcome, or the event that
 * failed. The topic's AWS-managed key can be used by every role of the account that may publish.
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
