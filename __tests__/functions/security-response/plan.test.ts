import { planInWords, planQuarantine } from "../../../functions/security-response/containment/plan";
import type { UserState } from "../../../functions/security-response/containment/user-state";
import { readEvent } from "../../../functions/security-response/event/event";
import { readUserCreation } from "../../../functions/security-response/event/user-creation";
import { ACCOUNT, createResponder, POLICY_ARN, SETTINGS, START } from "../../support/functions/responder";
import { loadFixture } from "../../support/load-fixture";

const event = loadFixture("events/by-iam-user");
const creation = readUserCreation(readEvent(event), { accountId: ACCOUNT, partition: "aws" });
const subject = { creation, reason: "nobody trusts the creator" };
const KEY = "AKIAIOSFODNN7EXAMPLE";

const wordsFor = (state: UserState, settings = SETTINGS) =>
  planInWords(planQuarantine(state, subject, settings, START), state, settings);

test("a user of whom nothing is known is denied, loses what it has by then, and is tagged", () => {
  expect(wordsFor({})).toEqual([
    `attach the policy ${POLICY_ARN}; if IAM refuses, put the inline policy AutomatedSecurityQuarantine; if IAM refuses that too, set the policy as permissions boundary`,
    "delete the console password, if there is one",
    expect.stringMatching(/^write the tags SecurityStatus, QuarantineReason, QuarantineTime,/),
    "set inactive the access keys and other credentials that the user has by then",
  ]);
});

test("what the user has is named, and what is there already is not done again", () => {
  const state: UserState = {
    attachedPolicies: [{ name: "q", arn: POLICY_ARN }],
    accessKeys: [{ id: KEY, active: true }],
    consolePassword: false,
    tags: [{ Key: "securitystatus", Value: "x" }],
  };

  expect(wordsFor(state)).toEqual([
    `set the access key ${KEY} inactive`,
    "remove the tags securitystatus",
    expect.stringMatching(/^write the tags /),
  ]);
});

test("a quarantine policy that denies nothing is not attached", () => {
  expect(wordsFor({ policyDenies: false })[0]).toBe("put the inline policy AutomatedSecurityQuarantine");
});

test("settings that leave credentials alone do so in the plan", () => {
  const settings = { ...SETTINGS, deactivateAccessKeys: false, deleteLoginProfile: false };

  expect(wordsFor({}, settings)).toHaveLength(2);
});

test("observing says what enforcing then does", async () => {
  const mallory = () => ({ keys: new Map([[KEY, "Active"]]) });
  const observed = createResponder({ mallory: mallory() });
  const enforced = createResponder({ mallory: mallory() });

  const { wouldDo, verdict } = await observed.respond(event, { mode: "observe" });
  const { done, ...outcome } = await enforced.respond(event);

  expect(verdict).toMatchObject({ action: "observe", rule: "default" });
  expect(wouldDo?.map((line) => line.split(/;| [A-Z]/)[0])).toEqual([
    `attach the policy ${POLICY_ARN}`,
    "set the access key",
    "write the tags",
  ]);
  expect(done).toEqual(
    expect.arrayContaining([
      `attached the policy ${POLICY_ARN}`,
      `set access key ${KEY} inactive`,
      "tagged the user",
    ]),
  );
  expect(outcome).not.toHaveProperty("wouldDo");
  expect(observed.alerts()[0]?.email).toContain(
    `The mode enforce would have done:\n- attach the policy ${POLICY_ARN}`,
  );
});
