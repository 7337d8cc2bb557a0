import type { Statement } from "./document";

/**
 * What a function needs on users of its own to remove them, whatever the response has put on them, but to
 * take managed policies off: `functions/shared/remove-users.ts` makes these calls.
 */
export const REMOVE_USERS = [
  "iam:DeleteAccessKey",
  "iam:DeleteLoginProfile",
  "iam:DeleteUser",
  "iam:DeleteUserPermissionsBoundary",
  "iam:DeleteUserPolicy",
  "iam:GetUser",
  "iam:ListAccessKeys",
  "iam:ListAttachedUserPolicies",
  "iam:ListGroupsForUser",
  "iam:ListMFADevices",
  "iam:ListServiceSpecificCredentials",
  "iam:ListSigningCertificates",
  "iam:ListSSHPublicKeys",
  "iam:ListUserPolicies",
] as const;

/** ListUsers has no resource level: IAM grants it on the whole account or not at all. */
export const FIND_USERS: Statement = {
  Sid: "FindUsers",
  Effect: "Allow",
  Action: "iam:ListUsers",
  Resource: "*",
};
