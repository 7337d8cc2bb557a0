import { matchesPattern } from "../../lab/eventbridge/pattern";
import {
  alarmRaised,
  FORWARDED,
  guardChanged,
  OUTCOME_TO_ANNOUNCE,
  responseEnded,
  userCreated,
} from "../../stacks/event-patterns";
import { AccountNames } from "../../stacks/names";
import { change, DELETE, fixtureNames, loadFixture } from "../support/load-fixture";

const names = new AccountNames("aws", "111122223333");
const event = (fixture: string) => loadFixture(`events/${fixture}`);

/** Fixtures of the partition China, which has a test of its own. */
const ELSEWHERE = ["in-china"];

/** Fixtures that are no successful CreateUser of IAM as EventBridge delivers it. */
const LEFT_ALONE = [
  "attach-user-policy",
  "from-identitystore-scim",
  "from-sso-directory",
  "from-transfer",
  "on-failure-record",
  "refused-access-denied",
  "refused-entity-already-exists",
  "refused-limit-exceeded",
];

describe("the detection rule", () => {
  const created = fixtureNames("events").filter((name) => ![...LEFT_ALONE, ...ELSEWHERE].includes(name));

  test.each(created)("catches %s", (fixture) => {
    expect(matchesPattern(userCreated(names), event(fixture))).toBe(true);
  });

  test.each(LEFT_ALONE)("lets %s pass", (fixture) => {
    expect(matchesPattern(userCreated(names), event(fixture))).toBe(false);
  });

  test("catches either detail-type in China, and only CloudTrail's own elsewhere", () => {
    const china = new AccountNames("aws-cn", "111122223333");
    const renamed = change(event("in-china"), "detail-type", "Amazon API Call via CloudTrail");

    expect(matchesPattern(userCreated(china), renamed)).toBe(true);
    expect(matchesPattern(userCreated(china), event("in-china"))).toBe(true);
    expect(matchesPattern(userCreated(names), renamed)).toBe(false);
  });

  test("is not fooled by an event that another source put on the bus", () => {
    const forged = change(event("by-iam-user"), "source", "custom.iam");

    expect(matchesPattern(userCreated(names), forged)).toBe(false);
  });
});

describe("the outcome rule", () => {
  const outcome = (functionName: string, alerted: boolean) => ({
    source: "lambda",
    "detail-type": "Lambda Function Invocation Result - Success",
    detail: {
      requestContext: { functionArn: `${names.functionArn(functionName)}:$LATEST`, condition: "Success" },
      responsePayload: { status: "QUARANTINED", alerted },
    },
  });

  test("forwards what the responder returned, and of no other function", () => {
    expect(matchesPattern(responseEnded(names), outcome("security-response", true))).toBe(true);
    expect(matchesPattern(responseEnded(names), outcome("security-response-2", true))).toBe(false);
    expect(matchesPattern(responseEnded(names), outcome("attack-simulation", true))).toBe(false);
  });

  test("of the security account announces what was alerted, and keeps the rest to the log", () => {
    expect(matchesPattern(OUTCOME_TO_ANNOUNCE, outcome("security-response", true))).toBe(true);
    expect(matchesPattern(OUTCOME_TO_ANNOUNCE, outcome("security-response", false))).toBe(false);
    expect(matchesPattern(FORWARDED, outcome("security-response", false))).toBe(true);
  });
});

describe("the alarm rule", () => {
  const alarm = (name: string, value: string) => ({
    source: "aws.cloudwatch",
    "detail-type": "CloudWatch Alarm State Change",
    resources: [names.alarmArn(name)],
    detail: { alarmName: name, state: { value } },
  });

  test("forwards an alarm of the rollout that goes off", () => {
    expect(matchesPattern(alarmRaised(names), alarm("security-response-errors", "ALARM"))).toBe(true);
  });

  test("leaves alone the alarm that forwarding it would set off again", () => {
    expect(
      matchesPattern(alarmRaised(names), alarm("security-response-failed-alarm-forwarding", "ALARM")),
    ).toBe(false);
  });

  test("leaves alone what ends, and other people's alarms", () => {
    expect(matchesPattern(alarmRaised(names), alarm("security-response-errors", "OK"))).toBe(false);
    expect(matchesPattern(alarmRaised(names), alarm("billing", "ALARM"))).toBe(false);
  });
});

test("the fixtures hold a success without an errorCode and one with null", () => {
  const absent = change(event("by-iam-user"), "detail.errorCode", DELETE);
  const isNull = change(event("by-iam-user"), "detail.errorCode", null);

  expect([absent, isNull].map((each) => matchesPattern(userCreated(names), each))).toEqual([true, true]);
});

describe("the rule on the guard", () => {
  const pattern = guardChanged("p-guard12345");
  const call = (eventName: string, requestParameters: unknown) => ({
    source: "aws.organizations",
    "detail-type": "AWS API Call via CloudTrail",
    detail: { eventSource: "organizations.amazonaws.com", eventName, requestParameters },
  });

  test.each([
    ["DetachPolicy", { policyId: "p-guard12345", targetId: "444455556666" }],
    ["UpdatePolicy", { policyId: "p-guard12345", content: "{}" }],
    ["DeletePolicy", { policyId: "p-guard12345" }],
    ["AttachPolicy", { policyId: "p-guard12345", targetId: "444455556666" }],
    ["DisablePolicyType", { rootId: "r-ab12", policyType: "SERVICE_CONTROL_POLICY" }],
  ])("catches %s", (eventName, parameters) => {
    expect(matchesPattern(pattern, call(eventName, parameters))).toBe(true);
    expect(matchesPattern(FORWARDED, call(eventName, parameters))).toBe(true);
  });

  test.each([
    ["DetachPolicy", { policyId: "p-another123", targetId: "444455556666" }],
    ["CreatePolicy", { name: "other" }],
    ["DisablePolicyType", { rootId: "r-ab12", policyType: "TAG_POLICY" }],
    ["DetachPolicy", null],
  ])("lets %s of something else, or refused, pass: %j", (eventName, parameters) => {
    expect(matchesPattern(pattern, call(eventName, parameters))).toBe(false);
  });
});
