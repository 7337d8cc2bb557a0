import { rateSeverity } from "../../../functions/security-response/alert/severity";
import type { Holdings } from "../../../functions/security-response/containment/holdings";

const ADMIN = {
  attachedPolicies: [{ name: "AdministratorAccess", arn: "arn:aws-cn:iam::aws:policy/AdministratorAccess" }],
};
const KEY = { accessKeys: [{ id: "AKIAIOSFODNN7EXAMPLE", active: false }] };
const CONSOLE = { consolePassword: true, mfaDevices: [] };

test.each<[string, string, Holdings, string]>([
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
  [
    "a policy of the account that is only named so",
    "IAMUser",
    {
      attachedPolicies: [
        { name: "AdministratorAccess", arn: "arn:aws:iam::111122223333:policy/AdministratorAccess" },
      ],
    },
    "LOW",
  ],
])("%s", (_, creator, holdings, expected) => {
  const severity = rateSeverity("QUARANTINED", creator, holdings);

  expect(severity).toBe(expected);
});

test("who is not contained is critical, whatever was found", () => {
  const severity = rateSeverity("FAILED", "IAMUser", {});

  expect(severity).toBe("CRITICAL");
});
