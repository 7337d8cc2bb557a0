import { DRILL_ENV, NOTIFIER_ENV, RESPONDER_ENV, SIMULATION_ENV, SWEEP_ENV } from "../../functions/contract";
import { DRILL_MS } from "../../functions/quarantine-drill/durations";
import { readSettings as readDrillSettings } from "../../functions/quarantine-drill/settings";
import { readSettings as readSweepSettings } from "../../functions/quarantine-sweep/settings";
import { readSettings as readNotifierSettings } from "../../functions/security-notifier/settings";
import { HOLD_MS, PHASES_MS } from "../../functions/security-response/containment/durations";
import { readSettings } from "../../functions/security-response/settings";
import { writePause } from "../../functions/shared/pause";
import { MAX_TRUST_BYTES } from "../../stacks/config/trust";
import { SAMPLE_YAML } from "../support/stacks/sample";
import { resources, synthesizeYaml } from "../support/stacks/synthesize";

/** As long as the schema takes them. */
const LONGEST_URL = `https://wiki.example.com/${"r".repeat(175)}`;
const LONGEST_PATH = `/${"p".repeat(62)}/`;
const app = synthesizeYaml(
  `${SAMPLE_YAML}drill: { everyHours: 24 }\nrolePath: ${LONGEST_PATH}\nrunbookUrl: ${LONGEST_URL}\n`,
);

function functionOf(stack: string, functionName: string): Record<string, unknown> {
  const found = resources(app[stack], "aws_lambda_function");
  return found.find((each) => each["function_name"] === functionName) ?? {};
}

/**
 * Environment that a stack gives a function, with Terraform's references replaced by what they would become.
 */
function environmentOf(stack: string, functionName: string): Record<string, string> {
  const { variables } = functionOf(stack, functionName)["environment"] as {
    variables: Record<string, string>;
  };
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

test("the drill has the responder's settings, but for the hold, and its own", () => {
  const environment = environmentOf("sandbox", "quarantine-drill");
  const responder = Object.entries(environmentOf("sandbox", "security-response"));

  expect(environment).toEqual({
    ...Object.fromEntries(responder.filter(([name]) => name !== RESPONDER_ENV.holdTopicArn)),
    [DRILL_ENV.everyHours]: "24",
  });
  expect(readDrillSettings(environment)).toMatchObject({ everyHours: 24, mode: "enforce" });
});

test.each([undefined, "0", "1.5", "often"])("the drill does not run every %s hours", (everyHours) => {
  const environment = { ...environmentOf("sandbox", "quarantine-drill"), [DRILL_ENV.everyHours]: everyHours };

  expect(() => readDrillSettings(environment)).toThrow(`${DRILL_ENV.everyHours}: expected whole hours`);
});

test("a stack sets every variable of the simulation's contract and no other", () => {
  const environment = environmentOf("sandbox", "attack-simulation");

  expect(Object.keys(environment).sort()).toEqual(Object.values(SIMULATION_ENV).sort());
});

test("the stack of the security account sets what the notifier reads, and no other variable", () => {
  const environment = environmentOf("security", "security-notifier");

  const ofMail = Object.values(NOTIFIER_ENV).filter((name) => name !== NOTIFIER_ENV.channel);
  expect(Object.keys(environment).sort()).toEqual(ofMail.sort());
  expect(readNotifierSettings(environment)).toMatchObject({ partition: "aws" });
});

test("the environment stays within Lambda's 4 KB even with the most trust that is accepted, and in a pause", () => {
  const environment = environmentOf("sandbox", "security-response");

  const pause = writePause({ until: Date.parse("2026-12-24T18:00:00Z"), by: "x".repeat(64) });
  // Both are within the bytes of trust.
  const withoutTrust = {
    [RESPONDER_ENV.trust]: "",
    [RESPONDER_ENV.mayUndo]: "",
    [RESPONDER_ENV.pause]: pause,
  };
  expect(Buffer.byteLength(JSON.stringify({ ...environment, ...withoutTrust }))).toBeLessThan(
    4_096 - MAX_TRUST_BYTES,
  );
});

const sum = (milliseconds: readonly number[]) => milliseconds.reduce((total, each) => total + each);

test.each([
  ["the phases of a response", "security-response", sum(Object.values(PHASES_MS))],
  [
    "the watch, the last reading and the alert of a hold",
    "security-response-hold",
    sum([HOLD_MS.watch, PHASES_MS.read, PHASES_MS.alert]),
  ],
  ["the phases of a drill", "quarantine-drill", sum(Object.values(DRILL_MS))],
])("%s add up to the time-out with which %s is deployed", (_, functionName, milliseconds) => {
  expect(milliseconds).toBe(1_000 * Number(functionOf("sandbox", functionName)["timeout"]));
});

test("a drill takes the deny off only after a calm hold has looked for the last time", () => {
  expect(DRILL_MS.hold).toBeGreaterThanOrEqual(2 * Math.max(HOLD_MS.stands, ...HOLD_MS.checksAt));
});

test("a calm hold ends before its watch does", () => {
  expect(Math.max(HOLD_MS.stands, ...HOLD_MS.checksAt)).toBeLessThan(HOLD_MS.watch);
});
