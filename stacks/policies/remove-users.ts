import type { Statement } from "./document";

/**
 * Permissions of a function to remove users of its own, with what the response has added to them, except to
 * detach managed policies. `functions/shared/remove-users.ts` makes these calls.
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
  "iam:ListUserPolicies",
] as const;

/** IAM can grant ListUsers only for the whole account. */
export const FIND_USERS: Statement = {
  Sid: "FindUsers",
  Effect: "Allow",
  Action: "iam:ListUsers",
  Resource: "*",
};
