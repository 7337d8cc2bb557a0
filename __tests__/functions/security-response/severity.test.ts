import { rateSeverity } from "../../../functions/security-response/alert/severity";
import type { ContainmentResult } from "../../../functions/security-response/containment/containment-result";
import type { UserState } from "../../../functions/security-response/containment/user-state";

const ADMIN = {
  attachedPolicies: [{ name: "AdministratorAccess", arn: "arn:aws-cn:iam::aws:policy/AdministratorAccess" }],
};
const POLICY_ARN = "arn:aws:iam::111122223333:policy/AutomatedSecurityQuarantine";
const attached = (arn: string): UserState => ({ attachedPolicies: [{ name: "x", arn }] });
const aws = (name: string): UserState => attached(`arn:aws:iam::aws:policy/${name}`);
const response = (parts: Partial<ContainmentResult>): ContainmentResult => ({
  status: "QUARANTINED",
  method: "managed-policy",
  containedAt: "",
  done: [],
  failed: [],
  ...parts,
});
const KEY = { accessKeys: [{ id: "AKIAIOSFODNN7EXAMPLE", active: false }] };
const CONSOLE = { consolePassword: true, mfaDevices: [] };

test.each<[string, string, UserState, string]>([
  ["nothing", "IAMUser", {}, "LOW"],
  ["a key", "IAMUser", KEY, "MEDIUM"],
  ["a console password without MFA", "IAMUser", CONSOLE, "MEDIUM"],
  ["a console password with MFA", "IAMUser", { ...CONSOLE, mfaDevices: ["x"] }, "LOW"],
  ["a console password with unchecked MFA", "IAMUser", { consolePassword: true }, "LOW"],
  ["key and console", "IAMUser", { ...KEY, ...CONSOLE }, "HIGH"],
  ["an administrator", "IAMUser", ADMIN, "HIGH"],
  ["an administrator with a key", "IAMUser", { ...ADMIN, ...KEY }, "CRITICAL"],
  ["created by root", "Root", {}, "HIGH"],
  ["created by root, with a key", "Root", KEY, "CRITICAL"],
  ["everything", "Root", { ...ADMIN, ...KEY, ...CONSOLE }, "CRITICAL"],
  ["IAMFullAccess, which can become everything", "IAMUser", aws("IAMFullAccess"), "HIGH"],
  ["PowerUserAccess", "IAMUser", aws("PowerUserAccess"), "HIGH"],
  ["a group", "IAMUser", { groups: ["admins"] }, "MEDIUM"],
  ["an inline policy", "IAMUser", { inlinePolicies: ["everything"] }, "MEDIUM"],
  [
    "an inline policy named like the deny",
    "IAMUser",
    { inlinePolicies: ["AutomatedSecurityQuarantine"] },
    "MEDIUM",
  ],
  ["another policy of AWS", "IAMUser", aws("AmazonS3FullAccess"), "MEDIUM"],
  ["a policy of AWS that reads", "IAMUser", aws("AmazonS3ReadOnlyAccess"), "LOW"],
  ["the policy of AWS that reads everything", "IAMUser", aws("ReadOnlyAccess"), "LOW"],
  ["the quarantine", "IAMUser", attached(POLICY_ARN), "LOW"],
  [
    "a policy of the account that is only named AdministratorAccess",
    "IAMUser",
    attached("arn:aws:iam::111122223333:policy/AdministratorAccess"),
    "MEDIUM",
  ],
  [
    "a policy of the account that is only named ReadOnlyAccess",
    "IAMUser",
    attached("arn:aws:iam::111122223333:policy/ReadOnlyAccess"),
    "MEDIUM",
  ],
  ["a group beside an administrator policy", "IAMUser", { ...ADMIN, groups: ["x"] }, "CRITICAL"],
])("%s", (_, creator, userState, expected) => {
  // Of a user who is denied everything, LOW is MEDIUM.
  const severity = rateSeverity(response({ status: "OBSERVED", userState }), creator, POLICY_ARN);

  expect(severity).toBe(expected);
});

test.each<[string, Partial<ContainmentResult>, string]>([
  ["who is not contained", { status: "FAILED" }, "CRITICAL"],
  ["a quarantine policy that was tampered with", { userState: { policyDenies: false } }, "CRITICAL"],
  ["who vanished", { status: "VANISHED", gone: { isLookedUp: true, mayAppear: false } }, "MEDIUM"],
  [
    "who vanished and may be renamed",
    { status: "VANISHED", gone: { isLookedUp: false, mayAppear: false } },
    "HIGH",
  ],
  [
    "who was denied by our own inline policy",
    { userState: { inlinePolicies: ["AutomatedSecurityQuarantine"], inlineDeny: true } },
    "MEDIUM",
  ],
  ["who is denied everything, and holds nothing", {}, "MEDIUM"],
  ["who was left alone", { status: "IGNORED" }, "LOW"],
])("%s", (_, parts, expected) => {
  const severity = rateSeverity(response(parts), "IAMUser", POLICY_ARN);

  expect(severity).toBe(expected);
});

test("a user of a drill who is denied everything is LOW", () => {
  expect(rateSeverity(response({ userState: KEY }), "Role", POLICY_ARN, { isDrill: true })).toBe("LOW");
});
