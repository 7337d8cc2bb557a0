import { composeMail } from "../../../functions/security-notifier/channels/mail";
import { readNotice } from "../../../functions/security-notifier/notice";
import type { Alert } from "../../../functions/shared/alert/sns-alert";
import { apiCallEvent, sessionOf, type ApiCallFields } from "../../support/functions/api-call-event";

const ADMIN = sessionOf("arn:aws:iam::777788889999:role/ops/Admin", "mallory");
const mailOf = (event: unknown): Alert =>
  composeMail(
    readNotice(event, () => []),
    { partition: "aws" },
  );
const textOf = (event: unknown): string => (JSON.parse(mailOf(event).message) as { email: string }).email;
const factsOf = (event: unknown) =>
  JSON.parse((JSON.parse(mailOf(event).message) as { sqs: string }).sqs) as Record<string, unknown>;

const DISABLED: ApiCallFields = {
  service: "events",
  eventName: "DisableRule",
  requestParameters: { name: "security-response-create-user", eventBusName: "default" },
  userIdentity: ADMIN,
};
const REFUSED: ApiCallFields = {
  service: "iam",
  eventName: "DetachUserPolicy",
  errorCode: "AccessDenied",
  errorMessage:
    "User: arn:aws:sts::777788889999:assumed-role/Admin/mallory is not authorized to perform: iam:DetachUserPolicy on resource: user eve with an explicit deny in a service control policy: arn:aws:organizations::123456789012:policy/o-exampleorgid/service_control_policy/p-examplepolicyid",
  userIdentity: ADMIN,
};

describe("the mail about a change", () => {
  test("reads like this", () => {
    expect(mailOf(apiCallEvent(DISABLED)).subject).toMatchInlineSnapshot(
      `"[CRITICAL] 777788889999: part of the quarantine changed: DisableRule security-response-create-user"`,
    );
    expect(textOf(apiCallEvent(DISABLED))).toMatchInlineSnapshot(`
      "A part of the quarantine in account 777788889999 was changed: the rule was disabled.
      It was not the deployment role. Until it is as it was, the quarantine may not work.
      CloudTrail recorded it, and nobody but AWS can send such an event. User agent, session name and the names
      in the request are the caller's own words.
      What to do next:
      Bring the account back, in a checkout of this project:
        npm run quarantine -- rollout --account 777788889999
      What was added to it stays: remove that by hand (a target, a permission, a policy, a subscription).
      Then look into arn:aws:iam::777788889999:role/ops/Admin and what else it did, and at users created since: docs/runbook.md, "A part of the quarantine was changed".
      ----------------------------------------------------------------------
      Severity:    CRITICAL
      Account:     777788889999
      What:        the rule was disabled
      Part:        security-response-create-user
      Call:        DisableRule of events.amazonaws.com
      Caller:      arn:aws:iam::777788889999:role/ops/Admin
      Session:     arn:aws:sts::777788889999:assumed-role/Admin/mallory
      From:        192.0.2.7
      User agent:  aws-cli/2
      At:          2026-11-24T17:41:20Z
      Region:      us-east-1
      Event:       3346344c-5a3e-429e-8405-420f98f75d6e
      Request:     name=security-response-create-user, eventBusName=default"
    `);
  });

  test("names the role behind the session, and the session apart from it", () => {
    const text = textOf(apiCallEvent(DISABLED));

    expect(text).toContain("\nCaller:      arn:aws:iam::777788889999:role/ops/Admin\n");
    expect(text).toContain("\nSession:     arn:aws:sts::777788889999:assumed-role/Admin/mallory\n");
  });

  test("has the command that brings the account back, with the account that EventBridge names", () => {
    const event = apiCallEvent(DISABLED);
    const forged = { ...event, detail: { ...event.detail, recipientAccountId: "111122223333" } };

    expect(textOf(forged)).toContain("\n  npm run quarantine -- rollout --account 777788889999\n");
    expect(mailOf(forged).attributes).toEqual({
      ...{ severity: "CRITICAL", status: "CHANGED", accountId: "777788889999" },
    });
  });

  test("is JSON for machines too", () => {
    expect(factsOf(apiCallEvent(DISABLED))).toMatchObject({
      status: "CHANGED",
      eventName: "DisableRule",
      part: "security-response-create-user",
      caller: "arn:aws:iam::777788889999:role/ops/Admin",
      request: "name=security-response-create-user, eventBusName=default",
    });
  });

  test.each<[string, string, Record<string, unknown>, string, string]>([
    ["events", "DeleteRule", { name: "r" }, "CRITICAL", "the rule was deleted"],
    ["events", "RemoveTargets", { rule: "r" }, "CRITICAL", "targets were removed from the rule"],
    ["events", "EnableRule", { name: "r" }, "HIGH", "the rule, the bus or the archive was changed"],
    ["lambda", "DeleteFunction20150331", { functionName: "f" }, "CRITICAL", "the function was deleted"],
    [
      "lambda",
      "PutFunctionConcurrency20171031",
      { functionName: "f", reservedConcurrentExecutions: 0 },
      "CRITICAL",
      "the function's reserved concurrency was set to 0",
    ],
    [
      "lambda",
      "UpdateFunctionConfiguration20150331v2",
      { functionName: "f" },
      "CRITICAL",
      "the function's configuration was changed (CloudTrail does not show the environment, which holds the mode)",
    ],
    ["lambda", "AddPermission20150331v2", { functionName: "f" }, "HIGH", "the function was changed"],
    ["sns", "DeleteTopic", { topicArn: "t" }, "CRITICAL", "the topic was deleted"],
    ["sns", "Unsubscribe", { subscriptionArn: "s" }, "CRITICAL", "somebody gets fewer mails, or none"],
    ["sqs", "PurgeQueue", { queueUrl: "q" }, "HIGH", "the dead-letter queue was emptied"],
    ["logs", "DeleteLogGroup", { logGroupName: "g" }, "CRITICAL", "logs were deleted"],
    ["monitoring", "DeleteAlarms", { alarmNames: ["a", "b"] }, "HIGH", "alarms were deleted"],
    [
      "monitoring",
      "DeleteDashboards",
      { dashboardNames: ["a"] },
      "HIGH",
      "the dashboard was changed or deleted",
    ],
    [
      "iam",
      "SetDefaultPolicyVersion",
      { policyArn: "p" },
      "CRITICAL",
      "a policy that the quarantine depends on was changed",
    ],
    [
      "iam",
      "DeleteRolePolicy",
      { roleName: "r" },
      "CRITICAL",
      "a policy that the quarantine depends on was changed",
    ],
    ["iam", "UpdateAssumeRolePolicy", { roleName: "r" }, "CRITICAL", "who may act as the role was set"],
    [
      "iam",
      "PutRolePolicy",
      { reason: "requestParameters too large", omitted: true, originalSize: 131_000 },
      "CRITICAL",
      "a policy that the quarantine depends on was changed, if it is one of the quarantine's: CloudTrail leaves out what was changed, since the call has over 100 KB",
    ],
    [
      "lambda",
      "CreateFunction20150331",
      { functionName: "x", role: "security-response" },
      "CRITICAL",
      "a function was made with a name or a role of the quarantine's",
    ],
    [
      "sns",
      "PutDataProtectionPolicy",
      { resourceArn: "t" },
      "CRITICAL",
      "the topic's policy or key was changed",
    ],
    ["sqs", "StartMessageMoveTask", { sourceArn: "q" }, "HIGH", "the dead-letter queue was emptied"],
    ["iam", "TagRole", { roleName: "r" }, "HIGH", "the role or the policy was changed"],
    ["cloudtrail", "StopLogging", { name: "t" }, "CRITICAL", "a trail was stopped or deleted"],
    ["kms", "DisableKey", { keyId: "k" }, "CRITICAL", "the topic's key was withdrawn"],
    ["newservice", "DoSomething", {}, "CRITICAL", "it was changed"],
  ])("of %s %s %j is %s: %s", (service, eventName, requestParameters, severity, meaning) => {
    const event = apiCallEvent({ service, eventName, requestParameters });

    expect(mailOf(event).attributes.severity).toBe(severity);
    expect(textOf(event)).toContain(`\nWhat:        ${meaning}\n`);
  });

  test("of several alarms names them all", () => {
    const alarmNames = ["security-response-errors", "security-response-throttles"];

    expect(
      textOf(
        apiCallEvent({ service: "monitoring", eventName: "DeleteAlarms", requestParameters: { alarmNames } }),
      ),
    ).toContain("\nPart:        security-response-errors security-response-throttles\n");
  });

  test("of a function's code has the commands that upload it again, which a rollout does not do", () => {
    const replaced = (functionName: string) =>
      textOf(
        apiCallEvent({
          ...{ service: "lambda", eventName: "UpdateFunctionCode20150331v2" },
          requestParameters: { functionName },
        }),
      );

    expect(replaced("arn:aws:lambda:us-east-1:777788889999:function:security-response; id")).toContain(
      "\n  npm run build\n  aws lambda update-function-code --function-name security-response --zip-file fileb://dist/functions/security-response.zip\n",
    );
    expect(replaced("security-notifier")).toContain("fileb://dist/functions/security-notifier.zip\n");
    expect(replaced("security-response")).not.toContain("npm run quarantine");
  });

  test("of a trail has the command for the trail, which the rollout does not own", () => {
    const stopped = (name: unknown) =>
      textOf(apiCallEvent({ service: "cloudtrail", eventName: "StopLogging", requestParameters: { name } }));

    expect(stopped("org-trail")).toContain("\n  aws cloudtrail start-logging --name org-trail\n");
    expect(stopped("x; rm -rf /")).toContain("\n  aws cloudtrail start-logging --name TRAIL\n");
    expect(stopped(5)).toContain("\n  aws cloudtrail start-logging --name TRAIL\n");
  });
});

describe("the mail about a refused attempt", () => {
  test("reads like this", () => {
    expect(mailOf(apiCallEvent(REFUSED)).subject).toMatchInlineSnapshot(
      `"[HIGH] 777788889999: refused: DetachUserPolicy by arn:aws:iam::777788889999:role/ops/Admin"`,
    );
    expect(textOf(apiCallEvent(REFUSED))).toMatchInlineSnapshot(`
      "Somebody in account 777788889999 was refused what would undo a quarantine, or change a part of it.
      The call changed nothing. More refusals of this caller in this hour are in the audit log alone.
      CloudTrail recorded it, and nobody but AWS can send such an event. User agent, session name and the names
      in the request are the caller's own words.
      What to do next:
      Ask who arn:aws:iam::777788889999:role/ops/Admin is. Unless it was meant, end its sessions and keys: docs/runbook.md, "A refused attempt".
      ----------------------------------------------------------------------
      Severity:    HIGH
      Account:     777788889999
      Call:        DetachUserPolicy of iam.amazonaws.com
      Caller:      arn:aws:iam::777788889999:role/ops/Admin
      Session:     arn:aws:sts::777788889999:assumed-role/Admin/mallory
      From:        192.0.2.7
      User agent:  aws-cli/2
      At:          2026-11-24T17:41:20Z
      Region:      us-east-1
      Event:       3346344c-5a3e-429e-8405-420f98f75d6e
      Error:       AccessDenied
      Message:     User: arn:aws:sts::777788889999:assumed-role/Admin/mallory is not authorized to perform: iam:DetachUserPolicy on resource: user eve with an explicit deny in a service control policy: arn:aws:organizations::123456789012:policy/o-exampleorgid/service_control_policy/p-examplepolicyid"
    `);
  });

  test("is HIGH, and says so to filter policies", () => {
    expect(mailOf(apiCallEvent(REFUSED)).attributes).toEqual({
      ...{ severity: "HIGH", status: "REFUSED", accountId: "777788889999" },
    });
  });
});

describe("a record of CloudTrail", () => {
  test.each<[string, Partial<ApiCallFields>]>([
    ["without caller", { userIdentity: [] }],
    ["with a caller of another type", { userIdentity: { arn: 5, sessionContext: "x" } }],
    ["by an AWS service", { userIdentity: { type: "AWSService", invokedBy: "config.amazonaws.com" } }],
    ["without request", { requestParameters: null }],
    ["with a request that names no part", { requestParameters: { name: { a: 1 }, ids: [{}], x: null } }],
    ["with a time that is none", { eventTime: "\u001b[2J" }],
    ["with a megabyte of text", { requestParameters: { name: "x".repeat(1_000_000) } }],
    ["with marks that turn text around", { requestParameters: { name: "\u202Egnitset\n\nStatus: ok" } }],
    ["with a link", { requestParameters: { name: "https://evil.example/x" } }],
  ])("%s becomes a mail that people can read", (_, changes) => {
    const event = apiCallEvent({ ...DISABLED, ...changes });
    const { subject, message } = mailOf(event);

    expect(subject).toMatch(
      /^\[CRITICAL\] 777788889999: part of the quarantine changed: DisableRule [\x20-\x7e]+$/,
    );
    expect(subject.length).toBeLessThan(100);
    expect(Buffer.byteLength(message)).toBeLessThan(20_000);
    expect(textOf(event)).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u202a-\u202e]|^Status|https:\/\/|\[object/m,
    );
    expect(textOf(event)).toMatch(/^Caller: +\S/m);
  });

  test.each([
    ["without event name", { eventName: undefined }],
    ["with an event name that is none", { eventName: "Disable Rule" }],
    ["with an event source that is a number", { eventSource: 5 }],
  ])("%s is mailed as it is", (_, changes) => {
    const event = apiCallEvent(DISABLED);

    const { attributes } = mailOf({ ...event, detail: { ...event.detail, ...changes } });

    expect(attributes).toMatchObject({ severity: "HIGH", status: "UNREADABLE" });
  });

  test("that another source sent is no such record", () => {
    expect(mailOf({ ...apiCallEvent(DISABLED), source: "custom.events" }).attributes.status).toBe(
      "UNREADABLE",
    );
  });

  test("with errorCode null is a success", () => {
    expect(mailOf(apiCallEvent({ ...DISABLED, errorCode: null })).attributes.status).toBe("CHANGED");
  });
});

describe("the mail about a pause", () => {
  const OPERATOR = sessionOf("arn:aws:iam::777788889999:role/security/QuarantineBreakGlass", "alice");
  const pauseBy = (description: string, userIdentity: Record<string, unknown>, more: object = {}) =>
    apiCallEvent({
      service: "lambda",
      eventName: "UpdateFunctionConfiguration20150331v2",
      requestParameters: { functionName: "security-response", description, environment: {}, ...more },
      userIdentity,
    });
  const context = OPERATOR["sessionContext"] as object;
  const BY_ALICE = { ...OPERATOR, sessionContext: { ...context, sourceIdentity: "alice" } };
  const WORDS = "PAUSED until 2026-12-24T18:00:00Z by alice, approved by bob: onboarding, INC-12";

  test("says until when and why as what was written, beside who did it", () => {
    const event = pauseBy(WORDS, BY_ALICE);
    const text = textOf(event);

    expect(mailOf(event).subject).toMatch(
      /^\[CRITICAL\] 777788889999: part of the quarantine changed, says PAUSED: /,
    );
    expect(text).toContain(
      `The request says that it is a pause, in which nobody new is denied:\n  ${WORDS}\n`,
    );
    expect(text).toContain("\n  npm run quarantine -- resume --account 777788889999\n");
    expect(text).toContain("\nCaller:      arn:aws:iam::777788889999:role/security/QuarantineBreakGlass\n");
    expect(text).toContain("\nOperator:    alice (source identity)\n");
    expect(factsOf(event)).toMatchObject({ pause: WORDS, sourceIdentity: "alice" });
  });

  test("is as alarming as any change of the configuration, and shows what else was in the request", () => {
    const event = pauseBy(`${WORDS} https://evil.example`, ADMIN, { layers: ["arn:aws:lambda:::layer:x:1"] });
    const text = textOf(event);

    expect(mailOf(event).attributes.severity).toBe("CRITICAL");
    expect(text).toContain("layers=arn:aws:lambda:::layer:x:1");
    expect(text).toContain("Caller:      arn:aws:iam::777788889999:role/ops/Admin");
    expect(text).not.toContain("https://evil");
    expect(text).not.toContain("Operator:");
  });

  test("of its end says that one may have ended", () => {
    const event = pauseBy("Denies everything to a new IAM user whose creator is not trusted", BY_ALICE);

    expect(mailOf(event).subject).toContain("part of the quarantine changed: ");
    expect(textOf(event)).toContain("one may have ended");
    expect(mailOf(event).attributes.severity).toBe("CRITICAL");
  });

  test("of another description says nothing of a pause", () => {
    const text = textOf(pauseBy("My function", BY_ALICE));

    expect(text).not.toMatch(/pause/i);
  });
});
