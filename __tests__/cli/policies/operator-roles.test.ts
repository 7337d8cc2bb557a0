import { accountRoles, rolloutForRoles } from "../../../cli/policies/account-roles";
import { describeRights, type OperatorUse } from "../../../cli/policies/command-rights";
import { TAG_KEYS } from "../../../functions/contract";
import { parseRollout } from "../../../stacks/config/load";
import { AccountNames, NAMES } from "../../../stacks/names";
import { policyDocument } from "../../../stacks/policies/document";
import { EVERY_FEATURE } from "../../support/stacks/every-feature";
import { isAllowed } from "../../support/stacks/simulate";
import { synthesize } from "../../support/stacks/synthesize";

const mayAssume = ["arn:aws:iam::123456789012:role/Operators"];
const rollout = parseRollout("rollout.yaml", EVERY_FEATURE.s3, "/project");
const wide = rolloutForRoles(rollout);
const app = synthesize(wide);

function rolesOf(account: { readonly id: string; readonly name: string }) {
  const roles = {
    read: { name: "QuarantineRead", mayAssume },
    drill: { name: "QuarantineDrill", mayAssume },
    "break-glass": { name: "security/QuarantineBreakGlass", mayAssume },
  };
  return accountRoles(rollout, wide, account, app[account.name]?.json ?? {}, { roles, boundary: true });
}

const TARGET = { id: "444455556666", name: "sandbox" };
const SECURITY = { id: "111122223333", name: "audit" };
const MANAGEMENT = { id: "999988887777", name: "root" };

const BY_ACCOUNT = new Map([TARGET, SECURITY, MANAGEMENT].map((each) => [each.id, rolesOf(each)]));

function can(account: typeof TARGET, use: OperatorUse, action: string, resource: string, context = {}) {
  const statements = (BY_ACCOUNT.get(account.id)?.[use]?.policies ?? []).flatMap(
    ({ Statement }) => Statement,
  );
  const principal = `arn:aws:sts::${account.id}:assumed-role/Role/alice`;
  return isAllowed({ principal, action, resource, context }, { identity: policyDocument(...statements) });
}

const names = new AccountNames("aws", TARGET.id);
const user = names.usersArn().replace("*", "team/mallory");
const ours = names.quarantinePolicyArn;
const responder = names.functionArn(NAMES.responder);
const tags = (...keys: string[]) => ({ "aws:TagKeys": keys });
const status = (value: string) => ({
  ...tags(TAG_KEYS.status),
  [`aws:RequestTag/${TAG_KEYS.status}`]: value,
});

describe("the break-glass role", () => {
  test.each<[string, string, object?]>([
    ["iam:TagUser", user, status("RELEASED")],
    ["iam:TagUser", user, tags(TAG_KEYS.releasedUntil)],
    ["iam:UntagUser", user, tags(TAG_KEYS.releasedUntil.toUpperCase())],
    ["iam:DetachUserPolicy", user, { "iam:PolicyARN": ours }],
    ["iam:DeleteUserPermissionsBoundary", user, { "iam:PermissionsBoundary": ours }],
    ["iam:PutUserPermissionsBoundary", user, { "iam:PermissionsBoundary": names.policyArn("Developers") }],
    ["iam:DeleteUserPolicy", user],
    ["iam:UpdateSigningCertificate", user],
    ["iam:GetAccessKeyLastUsed", user],
    ["lambda:UpdateFunctionConfiguration", responder],
  ])("can %s on %s %j", async (...[action, resource, context]) => {
    await expect(can(TARGET, "break-glass", action, resource, context)).resolves.toBe(true);
  });

  test.each<[string, string, object?]>([
    ["iam:TagUser", user, status("QUARANTINED")],
    ["iam:TagUser", user, tags("Team")],
    ["iam:TagUser", user],
    ["iam:UntagUser", user, tags("Team")],
    ["iam:DetachUserPolicy", user, { "iam:PolicyARN": names.awsManagedPolicyArn("ReadOnlyAccess") }],
    ["iam:DeleteUserPermissionsBoundary", user, { "iam:PermissionsBoundary": names.policyArn("Developers") }],
    ["iam:AttachUserPolicy", user, { "iam:PolicyARN": names.awsManagedPolicyArn("AdministratorAccess") }],
    ["iam:PutUserPolicy", user],
    ["iam:CreateAccessKey", user],
    ["iam:DeleteUser", user],
    ["iam:GetAccountAuthorizationDetails", "*"],
    ["lambda:UpdateFunctionConfiguration", responder, { "lambda:Layer": [`${responder}:layer:mine:1`] }],
    ["lambda:UpdateFunctionConfiguration", names.functionArn(NAMES.hold)],
    ["lambda:UpdateFunctionCode", responder],
    ["lambda:InvokeFunction", responder],
    ["iam:PassRole", names.ownRoleArn(NAMES.responder), { "iam:PassedToService": "lambda.amazonaws.com" }],
  ])("cannot %s on %s %j", async (...[action, resource, context]) => {
    await expect(can(TARGET, "break-glass", action, resource, context)).resolves.toBe(false);
  });

  test("is there in the security account, without any right, and not in the guard's", () => {
    expect(rolesOf(SECURITY)["break-glass"]).toMatchObject({
      name: "security/QuarantineBreakGlass",
      policies: [],
    });
    expect(rolesOf(MANAGEMENT)).not.toHaveProperty("break-glass");
  });
});

describe("the other roles of operators", () => {
  const auditLog = `${new AccountNames("aws", SECURITY.id).logGroupArn(NAMES.auditLog)}:log-stream:`;
  const unit = "arn:aws:organizations::999988887777:ou/o-exampleorgid/ou-ab12-34567890";

  test.each<[OperatorUse, typeof TARGET, string, string]>([
    ["read", TARGET, "iam:GetAccountAuthorizationDetails", "*"],
    ["read", TARGET, "iam:ListAccessKeys", user],
    ["read", TARGET, "cloudtrail:LookupEvents", "*"],
    ["read", TARGET, "lambda:GetFunctionConfiguration", responder],
    ["read", SECURITY, "logs:FilterLogEvents", auditLog],
    ["read", MANAGEMENT, "organizations:ListAccountsForParent", unit],
    ["drill", TARGET, "lambda:InvokeFunction", names.functionArn(NAMES.drill)],
    ["drill", SECURITY, "logs:FilterLogEvents", auditLog],
  ])("%s in %j can %s on %s", async (use, account, action, resource) => {
    await expect(can(account, use, action, resource)).resolves.toBe(true);
  });

  test.each<[OperatorUse, typeof TARGET, string, string]>([
    ["read", TARGET, "lambda:InvokeFunction", names.functionArn(NAMES.drill)],
    ["read", TARGET, "lambda:GetFunctionConfiguration", names.functionArn("billing")],
    ["read", TARGET, "lambda:GetFunction", responder],
    ["read", TARGET, "iam:TagUser", user],
    ["read", SECURITY, "iam:GetAccountAuthorizationDetails", "*"],
    [
      "read",
      MANAGEMENT,
      "organizations:ListAccountsForParent",
      unit.replace("o-exampleorgid", "o-other00000"),
    ],
    ["read", MANAGEMENT, "organizations:DescribePolicy", "*"],
    ["drill", TARGET, "lambda:InvokeFunction", responder],
    ["drill", TARGET, "iam:ListAccessKeys", user],
  ])("%s in %j cannot %s on %s", async (use, account, action, resource) => {
    await expect(can(account, use, action, resource)).resolves.toBe(false);
  });

  test("a role is only where it may do something", () => {
    expect(Object.keys(rolesOf(MANAGEMENT))).toEqual(["account", "kind", "read"]);
  });
});

test("help names what a command needs, by resource", () => {
  expect(describeRights("pause")).toBe(
    "  on the function security-response: lambda:GetFunctionConfiguration, UpdateFunctionConfiguration",
  );
  expect(describeRights("drill")).toBe(
    [
      "  on the function quarantine-drill: lambda:InvokeFunction",
      "  on the audit log, in the security account: logs:FilterLogEvents",
    ].join("\n"),
  );
  expect(
    describeRights("release")
      .split("\n")
      .every((line) => line.length <= 120),
  ).toBe(true);
});
