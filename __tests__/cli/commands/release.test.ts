import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { mockClient } from "aws-sdk-client-mock";
import { EXIT } from "../../../cli/exit-codes";
import { runCommand } from "../../support/cli/shell";
import { SAMPLE_YAML } from "../../support/stacks/sample";

const GUARD = "guard:\n  breakGlassRoles: [security/BreakGlass, Second]\n";
const YAML = `${SAMPLE_YAML}${GUARD}`;

const sts = mockClient(STSClient);
beforeEach(() => {
  sts.reset();
  sts
    .on(GetCallerIdentityCommand)
    .resolves({ Arn: "arn:aws:sts::999988887777:assumed-role/Operators/alice@example.com" });
});

const BASE = ["release", "payments", "mallory", "--yes", "--reason", "onboarding"];
const APPROVED = [...BASE, "--approved-by", "bob"];

test.each<[string, string[], string]>([
  ["without a reason", ["release", "payments", "mallory", "--approved-by", "bob"], "--reason <text>"],
  ["without an approver", BASE, "--approved-by <who>"],
  ["with a reason that says nothing", [...APPROVED, "--reason", " . "], "with a letter or digit"],
  ["with an approver that says nothing", [...BASE, "--approved-by", ""], "with a letter or digit"],
  ["approved by its operator", [...BASE, "--approved-by", "Alice@Example.com"], "expected somebody else"],
  [
    "approved by the caller under another name",
    [...BASE, "--operator", "carol", "--approved-by", "alice@example.com"],
    "expected somebody else than the operator (carol, as arn:aws:sts::999988887777:assumed-role/Operators/alice@example.com)",
  ],
  [
    "approved by its operator after cleaning",
    [...BASE, "--operator", "Alice Smith", "--approved-by", "alice_smith"],
    "expected somebody else",
  ],
  ["by an operator without a name", [...APPROVED, "--operator", "§"], "--operator §: expected at least two"],
  ["as a role that is no break-glass role", [...APPROVED, "--role", "Admin"], "security/BreakGlass, Second"],
  ["as a part of a break-glass role", [...APPROVED, "--role", "BreakGlass"], "security/BreakGlass, Second"],
  ["with an end in the past", [...APPROVED, "--until", "2026-01-01"], "Expected a time in the future"],
  ["with an end that is no time", [...APPROVED, "--until", "tomorrow"], "Expected a time such as 90m"],
  [
    "in an account that is not there",
    ["release", "paymens", ...APPROVED.slice(2)],
    "paymens: expected the name or id of a target account",
  ],
  ["in the security account", ["release", "security", ...APPROVED.slice(2)], "security: expected the name"],
  ["in accounts of a pattern", ["release", "pay*", ...APPROVED.slice(2)], "pay*: expected the name"],
  ["of a user that cannot be", ["release", "payments", "a/b", ...APPROVED.slice(3)], "name of an IAM user"],
  [
    "that nobody can be asked about",
    ["release", "payments", "mallory", "--reason", "x", "--approved-by", "bob"],
    "there is no terminal to ask on: add --yes",
  ],
])("a release %s is refused", async (_name, args, message) => {
  const { exitCode, stderr } = await runCommand(YAML, args);

  expect(stderr).toContain(message);
  expect(exitCode).toBe(EXIT.usage);
});

test("without a break-glass role, one error says what to configure", async () => {
  const { exitCode, stderr } = await runCommand(SAMPLE_YAML, APPROVED);

  expect(stderr).toContain(
    "guard.breakGlassRoles: expected at least one role that may release users and pause the quarantine; found none",
  );
  expect(exitCode).toBe(EXIT.configuration);
  expect(sts.calls()).toEqual([]);
});

test("a caller who is nobody in particular has to name the operator", async () => {
  sts.on(GetCallerIdentityCommand).resolves({ Arn: "arn:aws:iam::999988887777:root" });

  const { exitCode, stderr } = await runCommand(YAML, APPROVED);

  expect(stderr).toContain("arn:aws:iam::999988887777:root does not say who the operator is: add --operator");
  expect(exitCode).toBe(EXIT.usage);
});

test("without an answer of AWS about the caller, nothing is tried", async () => {
  sts.on(GetCallerIdentityCommand).rejects(new Error("getaddrinfo ENOTFOUND"));

  const { exitCode, stderr } = await runCommand(YAML, APPROVED);

  expect(stderr).toContain("AWS did not say who the caller is (sts:GetCallerIdentity): Error: getaddrinfo");
  expect(exitCode).toBe(EXIT.failed);
});
