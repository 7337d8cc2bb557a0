import { loadFixture } from "./load-fixture";

type Json = Record<string, unknown>;

/** A call of IAM: CloudTrail's event name and `requestParameters`. */
export type Call = readonly [call: string, requestParameters: Json | null];

const POLICY_ARN = "arn:aws:iam::111122223333:policy/AutomatedSecurityQuarantine";
const userName = "mallory";

/**
 * Calls that can undo a quarantine. The spelling of the parameters follows public records of CreateUser,
 * AttachUserPolicy, PutUserPolicy, CreateAccessKey and SetDefaultPolicyVersion; nobody publishes the others,
 * so theirs is inferred: the API's names with a small first letter.
 */
export const CALLS_ON_A_USER: readonly Call[] = [
  ["DetachUserPolicy", { userName, policyArn: POLICY_ARN }],
  ["DetachUserPolicy", { userName, policyArn: POLICY_ARN.toLowerCase() }],
  ["DeleteUserPolicy", { userName, policyName: "AutomatedSecurityQuarantine" }],
  ["DeleteUserPolicy", { userName, policyName: "automatedsecurityquarantine" }],
  ["PutUserPolicy", { userName, policyName: "AutomatedSecurityQuarantine", policyDocument: "{}" }],
  ["PutUserPermissionsBoundary", { userName, permissionsBoundary: "arn:aws:iam::aws:policy/ReadOnlyAccess" }],
  ["DeleteUserPermissionsBoundary", { userName }],
  ["TagUser", { userName, tags: [{ key: "SecurityStatus", value: "RELEASED" }] }],
  ["TagUser", { userName, tags: [tag("team"), tag("QuarantineMethod"), tag("cost-center")] }],
  ["TagUser", { userName, tags: [tag("SECURITYSTATUS")] }],
  ["TagUser", { userName, tags: [tag("quarantineeventid")] }],
  ["UntagUser", { userName, tagKeys: ["SecurityStatus"] }],
  ["UntagUser", { userName, tagKeys: ["team", "quarantineFORMERboundary"] }],
  ["CreateAccessKey", { userName }],
  ["UpdateAccessKey", { userName, accessKeyId: "AKIAIOSFODNN7EXAMPLE", status: "Active" }],
  ["CreateLoginProfile", { userName, passwordResetRequired: false }],
  ["UpdateLoginProfile", { userName }],
  ["CreateServiceSpecificCredential", { userName, serviceName: "bedrock.amazonaws.com" }],
  ["ResetServiceSpecificCredential", { userName, serviceSpecificCredentialId: "ACCAEXAMPLE123EXAMPLE" }],
  [
    "UpdateServiceSpecificCredential",
    { userName, serviceSpecificCredentialId: "ACCAEXAMPLE123EXAMPLE", status: "Active" },
  ],
  ["UploadSSHPublicKey", { userName, sSHPublicKeyBody: "ssh-rsa AAAA" }],
  ["UpdateSSHPublicKey", { userName, sSHPublicKeyId: "APKAEIBAERJR2EXAMPLE", status: "Active" }],
  ["UploadSigningCertificate", { userName, certificateBody: "-----BEGIN CERTIFICATE-----" }],
  ["UpdateSigningCertificate", { userName, certificateId: "TA7SMP42TDN5Z26OBPJE7EXAMPLE", status: "Active" }],
  ["UpdateUser", { userName, newUserName: "mallory-2" }],
  ["UpdateUser", { userName, newPath: "/attack-simulation/" }],
];

/** Calls on the quarantine policy. */
export const CALLS_ON_THE_POLICY: readonly Call[] = [
  ["CreatePolicyVersion", { policyArn: POLICY_ARN, policyDocument: "{}", setAsDefault: true }],
  ["SetDefaultPolicyVersion", { policyArn: POLICY_ARN, versionId: "v2" }],
  ["DeletePolicyVersion", { policyArn: POLICY_ARN, versionId: "v1" }],
  ["DeletePolicy", { policyArn: POLICY_ARN }],
];

/** Their neighbours, which undo no quarantine. */
export const UNRELATED_CALLS: readonly Call[] = [
  ["DetachUserPolicy", { userName, policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }],
  ["DetachUserPolicy", { userName, policyArn: `${POLICY_ARN}2` }],
  ["DetachUserPolicy", { userName, policyArn: POLICY_ARN.replace("policy/", "policy/team/") }],
  ["DeleteUserPolicy", { userName, policyName: "AutomatedSecurityQuarantine-2" }],
  ["PutUserPolicy", { userName, policyName: "s3-access", policyDocument: "{}" }],
  ["TagUser", { userName, tags: [tag("team"), tag("Status")] }],
  ["TagUser", { userName, tags: [{ key: "team", value: "SecurityStatus" }] }],
  ["UntagUser", { userName, tagKeys: ["team", "NotQuarantineTime"] }],
  ["UpdateAccessKey", { userName, accessKeyId: "AKIAIOSFODNN7EXAMPLE", status: "Inactive" }],
  ["UpdateServiceSpecificCredential", { userName, status: "Inactive" }],
  ["UpdateSSHPublicKey", { userName, status: "Inactive" }],
  ["UpdateSigningCertificate", { userName, status: "Inactive" }],
  ["CreatePolicyVersion", { policyArn: "arn:aws:iam::111122223333:policy/Team", policyDocument: "{}" }],
  ["DeletePolicy", { policyArn: "arn:aws:iam::444455556666:policy/AutomatedSecurityQuarantine" }],
];

/** Calls of other names with the same parameters. */
export const OTHER_CALLS: readonly Call[] = [
  ["AttachUserPolicy", { userName, policyArn: POLICY_ARN }],
  ["DetachRolePolicy", { roleName: "ops", policyArn: POLICY_ARN }],
  ["TagRole", { roleName: "ops", tags: [tag("SecurityStatus")] }],
  ["DeleteAccessKey", { userName, accessKeyId: "AKIAIOSFODNN7EXAMPLE" }],
  ["DeleteLoginProfile", { userName }],
];

function tag(key: string): Json {
  return { key, value: "x" };
}

/** The event of a call by a session of the role `onboarding`, which succeeded. */
export function eventOf([eventName, requestParameters]: Call): Json {
  const event = loadFixture("events/by-assumed-role");
  const detail = event["detail"] as Json;
  return { ...event, detail: { ...detail, eventName, requestParameters, responseElements: null } };
}

/** A test's title for a call. */
export function titleOf([call, requestParameters]: Call): string {
  return `${call} ${JSON.stringify(requestParameters)}`;
}
