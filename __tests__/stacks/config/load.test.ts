import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadRollout, parseRollout } from "../../../stacks/config/load";
import { SAMPLE_YAML } from "../../support/stacks/sample";

const PROJECT = path.join(__dirname, "../../..");

test("what the file leaves out has a safe default", () => {
  const rollout = parseRollout("rollout.yaml", SAMPLE_YAML, "/project");

  expect(rollout).toMatchObject({
    partition: "aws",
    deploymentRole: "OrganizationAccountAccessRole",
    providerVersion: "6.25.0",
    backend: { type: "local", directory: "/project/state" },
    securityAccount: { name: "security" },
    guard: { enabled: false, breakGlassRoles: [], exemptRoles: [], modes: ["enforce"] },
  });
  expect(rollout.managementAccount).toBeUndefined();
  expect(rollout.accounts[1]).toMatchObject({
    mode: "enforce",
    deactivateAccessKeys: true,
    attackSimulation: false,
    logRetentionDays: 365,
  });
  expect(rollout.accounts[1]?.reservedConcurrency).toBeUndefined();
});

test("an account overrides the defaults, and the defaults what is built in", () => {
  const yaml = SAMPLE_YAML.replace(
    "waves:",
    "defaults: { mode: observe, notificationEmails: [all@example.com], logRetentionDays: 30 }\nwaves:",
  );

  const { accounts } = parseRollout("rollout.yaml", yaml, "/project");

  const [sandbox, payments, , legacy] = accounts;
  expect(sandbox).toMatchObject({
    mode: "observe",
    notificationEmails: ["all@example.com"],
    logRetentionDays: 30,
  });
  expect(payments).toMatchObject({ notificationEmails: ["payments@example.com", "oncall@example.com"] });
  expect(legacy).toMatchObject({ mode: "off" });
});

test("an account's trust is added to the organization's", () => {
  const yaml = `${SAMPLE_YAML}    trust: { creators: [{ arn: "arn:aws:iam::555566667777:user/break-glass" }] }\n`;

  const { accounts } = parseRollout("rollout.yaml", yaml, "/project");

  expect(accounts[0]?.trust.creators).toHaveLength(1);
  expect(accounts[3]?.trust.creators.map(({ arn }) => arn)).toEqual([
    "arn:aws:iam::*:role/UserOnboarding",
    "arn:aws:iam::555566667777:user/break-glass",
  ]);
});

test("ROLLOUT_CONFIG names another file, and paths in it are relative to that file", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "rollout-"));
  writeFileSync(path.join(directory, "other.yaml"), SAMPLE_YAML);

  const rollout = loadRollout({ ROLLOUT_CONFIG: path.join(directory, "other.yaml") }, PROJECT);

  expect(rollout.backend).toEqual({ type: "local", directory: path.join(directory, "state") });
  rmSync(directory, { recursive: true });
});

test("the sample configuration is accepted as it is", () => {
  const rollout = loadRollout({}, PROJECT);

  expect(rollout.accounts.length).toBeGreaterThan(0);
});
