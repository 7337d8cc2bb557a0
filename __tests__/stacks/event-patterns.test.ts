import { TAG_KEYS, UNDOING_CALLS, type DrillAudience } from "../../functions/contract";
import { matchesPattern } from "../../lab/eventbridge/pattern";
import {
  alarmRaised,
  FORWARDED,
  guardChanged,
  OUTCOME_TO_ANNOUNCE,
  quarantineUndone,
  outcomeReported,
  responseEnded,
  userCreated,
} from "../../stacks/event-patterns";
import { AccountNames, PARTITIONS } from "../../stacks/names";
import { change, DELETE, fixtureNames, loadFixture } from "../support/load-fixture";
import {
  CALLS_ON_A_USER,
  CALLS_ON_THE_POLICY,
  eventOf,
  OTHER_CALLS,
  titleOf,
  UNRELATED_CALLS,
} from "../support/undoing-calls";

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

describe("the rule on undone quarantines", () => {
  const undoing = [...CALLS_ON_A_USER, ...CALLS_ON_THE_POLICY];
  const catches = (undone: unknown) => matchesPattern(quarantineUndone(names), undone);
  const detached = () => eventOf(["DetachUserPolicy", { policyArn: names.quarantinePolicyArn }]);

  test.each(undoing.map((call) => [titleOf(call), call] as const))("catches %s", (_, call) => {
    expect(catches(eventOf(call))).toBe(true);
  });

  test.each([...UNRELATED_CALLS, ...OTHER_CALLS].map((call) => [titleOf(call), call] as const))(
    "lets %s pass",
    (_, call) => {
      expect(catches(eventOf(call))).toBe(false);
    },
  );

  // CloudTrail leaves parameters of more than 100 KB out, as of a policy that was padded with white space.
  test.each(["CreatePolicyVersion", "PutUserPolicy"])("catches %s without parameters", (call) => {
    const omitted = { reason: "requestParameters too large", omitted: true, originalSize: 131_000 };

    expect(catches(eventOf([call, null]))).toBe(true);
    expect(catches(eventOf([call, omitted]))).toBe(true);
    expect(catches(change(eventOf([call, null]), "detail.errorCode", "AccessDenied"))).toBe(false);
  });

  test("knows a case of every call that it names", () => {
    const named = Object.values(UNDOING_CALLS).flat();

    expect([...new Set(undoing.map(([call]) => call))].sort()).toEqual([...named].sort());
  });

  test.each(Object.values(TAG_KEYS))("catches the tag key %s", (key) => {
    expect(catches(eventOf(["TagUser", { tags: [{ key, value: "" }] }]))).toBe(true);
    expect(catches(eventOf(["UntagUser", { tagKeys: [key.toUpperCase()] }]))).toBe(true);
  });

  test.each(undoing.map((call) => [titleOf(call), call] as const))("lets %s pass when refused", (_, call) => {
    expect(catches(change(eventOf(call), "detail.errorCode", "AccessDenied"))).toBe(false);
  });

  test("catches a success that says so with null", () => {
    expect(catches(change(detached(), "detail.errorCode", null))).toBe(true);
  });

  describe("by caller", () => {
    const issuer = "detail.userIdentity.sessionContext.sessionIssuer";
    const responder = names.roleArn("security-response");

    test.each([
      ["the responder's own role", issuer, { arn: responder }, false],
      ["a role of the same name in a path", issuer, { arn: names.roleArn("team/security-response") }, true],
      ["a role of a longer name", issuer, { arn: `${responder}-2` }, true],
      [
        "a session named like the responder",
        "detail.userIdentity.arn",
        `${responder}/security-response`,
        true,
      ],
      ["a session without issuer, as of a user", issuer, {}, true],
      ["a caller without a session", "detail.userIdentity.sessionContext", DELETE, true],
      ["no caller", "detail.userIdentity", DELETE, true],
    ])("%s", (_, field, value, caught) => {
      expect(catches(change(detached(), field, value))).toBe(caught);
    });
  });

  test("is not fooled by an event that another source put on the bus", () => {
    expect(catches(change(detached(), "source", "custom.iam"))).toBe(false);
    expect(catches(change(detached(), "detail.eventSource", "sso.amazonaws.com"))).toBe(false);
  });

  test("catches either detail-type in China", () => {
    const china = new AccountNames("aws-cn", "111122223333");
    const usual = eventOf(["DetachUserPolicy", { policyArn: china.quarantinePolicyArn }]);
    const renamed = change(eventOf(["UpdateUser", {}]), "detail-type", "Amazon API Call via CloudTrail");

    expect(matchesPattern(quarantineUndone(china), usual)).toBe(true);
    expect(matchesPattern(quarantineUndone(china), renamed)).toBe(true);
    expect(catches(renamed)).toBe(false);
  });

  test.each(PARTITIONS)("has no more characters than EventBridge takes, in %s", (partition) => {
    const longest = { rolePath: `/${"x".repeat(62)}/` };
    const pattern = JSON.stringify(quarantineUndone(new AccountNames(partition, "111122223333", longest)));

    expect(pattern.length).toBeLessThanOrEqual(2_048);
  });
});

describe("the outcome rule", () => {
  const outcome = (functionName: string, alerted: boolean, drill?: DrillAudience) => ({
    source: "lambda",
    "detail-type": "Lambda Function Invocation Result - Success",
    detail: {
      requestContext: { functionArn: `${names.functionArn(functionName)}:$LATEST`, condition: "Success" },
      responsePayload: { status: "QUARANTINED", alerted, ...(drill && { drill }) },
    },
  });

  test("forwards what the responder and the drill returned, and of no other function", () => {
    expect(matchesPattern(responseEnded(names), outcome("security-response", true))).toBe(true);
    expect(matchesPattern(responseEnded(names), outcome("quarantine-drill", false))).toBe(true);
    expect(matchesPattern(responseEnded(names), outcome("security-response-2", true))).toBe(false);
    expect(matchesPattern(responseEnded(names), outcome("attack-simulation", true))).toBe(false);
  });

  const health = {
    source: "quarantine-sweep",
    "detail-type": "Quarantine Health",
    detail: { kind: "health", status: "UNHEALTHY" },
  };

  test("forwards how a sweep found the parts, which the security account keeps and announces", () => {
    expect(matchesPattern(outcomeReported(names), health)).toBe(true);
    expect(matchesPattern(outcomeReported(names), outcome("security-response", false))).toBe(true);
    expect(matchesPattern(outcomeReported(names), outcome("attack-simulation", true))).toBe(false);
    expect(matchesPattern(FORWARDED, health)).toBe(true);
    expect(matchesPattern(OUTCOME_TO_ANNOUNCE, health)).toBe(true);
    expect(matchesPattern(outcomeReported(names), { ...health, source: "custom.sweep" })).toBe(false);
  });

  test("keeps the word of a sweep that nothing has changed to the log", () => {
    const said = (alerted: boolean) => ({ ...health, detail: { ...health.detail, alerted } });

    expect(matchesPattern(OUTCOME_TO_ANNOUNCE, said(true))).toBe(true);
    expect(matchesPattern(OUTCOME_TO_ANNOUNCE, said(false))).toBe(false);
    expect(matchesPattern(FORWARDED, said(false))).toBe(true);
  });

  test("of the security account announces what was alerted, and keeps the rest to the log", () => {
    expect(matchesPattern(OUTCOME_TO_ANNOUNCE, outcome("security-response", true))).toBe(true);
    expect(matchesPattern(OUTCOME_TO_ANNOUNCE, outcome("security-response", false))).toBe(false);
    expect(matchesPattern(OUTCOME_TO_ANNOUNCE, outcome("security-response", true, "people"))).toBe(true);
    expect(matchesPattern(OUTCOME_TO_ANNOUNCE, outcome("security-response", true, "nobody"))).toBe(false);
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

  test.each([
    ["security-response-missed-sweeps", "OK", true],
    // Before the first sweep, the alarm has never had any data.
    ["security-response-missed-sweeps", "INSUFFICIENT_DATA", false],
    ["security-response-errors", "OK", false],
  ])("of %s that was %s and has no data any more forwards: %s", (name, before, expected) => {
    const ended = alarm(name, "INSUFFICIENT_DATA");
    const changed = { ...ended, detail: { ...ended.detail, previousState: { value: before } } };

    expect(matchesPattern(alarmRaised(names), changed)).toBe(expected);
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
