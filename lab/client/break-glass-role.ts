import { CreateRoleCommand, PutRolePolicyCommand, type IAMClient } from "@aws-sdk/client-iam";
import { AccountNames, NAMES } from "../../stacks/names";

/** What a break-glass role needs on users to release them, as `release --help` lists it. */
const RELEASE_ACTIONS = [
  "DeleteUserPermissionsBoundary",
  "DeleteUserPolicy",
  "DetachUserPolicy",
  "GetAccessKeyLastUsed",
  "GetLoginProfile",
  "GetUser",
  "GetUserPolicy",
  "ListAccessKeys",
  "ListAttachedUserPolicies",
  "ListGroupsForUser",
  "ListMFADevices",
  "ListServiceSpecificCredentials",
  "ListSigningCertificates",
  "ListSSHPublicKeys",
  "ListUserPolicies",
  "ListUserTags",
  "PutUserPermissionsBoundary",
  "TagUser",
  "UntagUser",
  "UpdateAccessKey",
  "UpdateServiceSpecificCredential",
  "UpdateSigningCertificate",
  "UpdateSSHPublicKey",
].map((action) => `iam:${action}`);

/** What it needs on the responder to pause the quarantine, by `pause --help`. */
const PAUSE_ACTIONS = ["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"];

export interface BreakGlassRole {
  /** With its path, as `rollout.yaml` names it: `security/QuarantineBreakGlass`. */
  readonly role: string;
  readonly accountId: string;
  /** Account whose people may assume it. */
  readonly trustedAccountId: string;
}

/** Makes a role that may release users and pause, as an organization has it in every account. */
export async function createBreakGlassRole(
  iam: IAMClient,
  { role, accountId, trustedAccountId }: BreakGlassRole,
): Promise<void> {
  const RoleName = role.slice(role.lastIndexOf("/") + 1);
  const allow = (statement: object): string =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
  await iam.send(
    new CreateRoleCommand({
      RoleName,
      Path: `/${role.slice(0, -RoleName.length)}`,
      AssumeRolePolicyDocument: allow({
        Principal: { AWS: `arn:aws:iam::${trustedAccountId}:root` },
        Action: ["sts:AssumeRole", "sts:SetSourceIdentity"],
      }),
    }),
  );
  await iam.send(
    new PutRolePolicyCommand({
      RoleName,
      PolicyName: "release-users",
      PolicyDocument: allow({ Action: RELEASE_ACTIONS, Resource: `arn:aws:iam::${accountId}:user/*` }),
    }),
  );
  const responder = new AccountNames("aws", accountId).functionArn(NAMES.responder);
  await iam.send(
    new PutRolePolicyCommand({
      RoleName,
      PolicyName: "pause-quarantine",
      PolicyDocument: allow({ Action: PAUSE_ACTIONS, Resource: responder }),
    }),
  );
}
