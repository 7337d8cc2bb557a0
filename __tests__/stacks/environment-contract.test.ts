import { NOTIFIER_ENV, RESPONDER_ENV, SIMULATION_ENV, SWEEP_ENV } from "../../functions/contract";
import { readSettings as readSweepSettings } from "../../functions/quarantine-sweep/settings";
import { readSettings as readNotifierSettings } from "../../functions/security-notifier/settings";
import { readSettings } from "../../functions/security-response/settings";
import { SAMPLE_YAML } from "../support/stacks/sample";
import { resources, synthesizeYaml } from "../support/stacks/synthesize";

const app = synthesizeYaml(SAMPLE_YAML);

/**
 * Environment that a stack gives a function, with Terraform's references replaced by what they would become.
 */
function environmentOf(stack: string, functionName: string): Record<string, string> {
  const found = resources(app[stack], "aws_lambda_function").find(
    (each) => each["function_name"] === functionName,
  );
  const { variables } = found?.["environment"] as { variables: Record<string, string> };
  const text = JSON.stringify(variables)
    .replace(
      /\$\{aws_iam_policy\.[\w-]+\.arn\}/g,
      "arn:aws:iam::444455556666:policy/AutomatedSecurityQuarantine",
    )
    .replace(/\$\{aws_sns_topic\.[\w-]+\.arn\}/g, "arn:aws:sns:us-east-1:444455556666:security-alerts");
  return JSON.parse(text) as Record<string, string>;
}

test("a stack sets every variable of the responder's contract and no other", () => {
  const environment = environmentOf("sandbox", "security-response");

  expect(Object.keys(environment).sort()).toEqual(Object.values(RESPONDER_ENV).sort());
});

test.each([
  [
    "sandbox",
    { mode: "enforce", accountName: "sandbox", deactivateAccessKeys: true, deleteLoginProfile: false },
  ],
  ["payments", { mode: "enforce", accountName: "payments", deleteLoginProfile: true }],
  ["research", { mode: "observe", accountName: "research" }],
  ["legacy", { mode: "off", accountName: "legacy" }],
])("the responder reads what the stack of %s sets", (stack, expected) => {
  const settings = readSettings(environmentOf(stack, "security-response"));

  expect(settings).toMatchObject({
    ...expected,
    version: "1.2.3",
    partition: "aws",
    trust: { creators: [{ arn: "arn:aws:iam::*:role/UserOnboarding" }], users: [] },
  });
  expect(settings.mayUndo[0]?.arn).toMatch(/^arn:aws:iam::\d{12}:role\/OrganizationAccountAccessRole$/);
});

test("the sweep has the responder's settings, but for the hold, and its own", () => {
  const environment = environmentOf("sandbox", "quarantine-sweep");
  const responder = Object.entries(environmentOf("sandbox", "security-response"));

  expect(environment).toEqual({
    ...Object.fromEntries(responder.filter(([name]) => name !== RESPONDER_ENV.holdTopicArn)),
    [SWEEP_ENV.everyMinutes]: "15",
    [SWEEP_ENV.unknownCreator]: "alert",
  });
  expect(readSweepSettings(environment)).toMatchObject({ everyMinutes: 15, unknownCreator: "alert" });
});

test("a stack sets every variable of the simulation's contract and no other", () => {
  const environment = environmentOf("sandbox", "attack-simulation");

  expect(Object.keys(environment).sort()).toEqual(Object.values(SIMULATION_ENV).sort());
});

test("the stack of the security account sets what the notifier reads, and no other variable", () => {
  const environment = environmentOf("security", "security-notifier");

  expect(Object.keys(environment).sort()).toEqual(Object.values(NOTIFIER_ENV).sort());
  expect(readNotifierSettings(environment)).toMatchObject({ partition: "aws" });
});

test("the environment stays within Lambda's 4 KB even with the most trust that is accepted", () => {
  const environment = environmentOf("sandbox", "security-response");

  const withoutTrust = { ...environment, [RESPONDER_ENV.trust]: "" };
  expect(Buffer.byteLength(JSON.stringify(withoutTrust))).toBeLessThan(1_000);
});
