import { matchesPattern } from "../../lab/eventbridge/pattern";
import {
  attemptRefused,
  FORWARDED,
  ownAttemptRefused,
  ownPartsChanged,
  partsChanged,
  type EventPattern,
} from "../../stacks/event-patterns";
import { AccountNames, NAMES } from "../../stacks/names";
import { apiCallEvent, MEMBER, type ApiCallFields } from "../support/functions/api-call-event";
import { loadFixture } from "../support/load-fixture";

const names = new AccountNames("aws", MEMBER);
const security = new AccountNames("aws", "111122223333");
const KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab";
const KEY_ARN = `arn:aws:kms:us-east-1:111122223333:key/${KEY_ID}`;
const OWN = ownPartsChanged(security, [KEY_ARN, KEY_ID]);

type Call = readonly [
  service: string,
  eventName: string,
  requestParameters: NonNullable<ApiCallFields["requestParameters"]>,
];

const queue = (name: string) => `https://sqs.us-east-1.amazonaws.com/${MEMBER}/${name}`;
const fn = (name: string) => names.functionArn(name);

/** Asks of each call whether the pattern matches its record. */
function matches(pattern: EventPattern, expected: boolean, calls: readonly Call[]): void {
  test.each(calls)("%s %s %j", (service, eventName, requestParameters) => {
    const event = apiCallEvent({ service, eventName, requestParameters });

    expect(matchesPattern(pattern, event)).toBe(expected);
  });
}

/** Records spell a part in these ways; CloudTrail's names of Lambda's events end in the API's version. */
const CHANGES: readonly Call[] = [
  ["events", "DisableRule", { name: "security-response-create-user", eventBusName: "default" }],
  ["events", "DeleteRule", { name: "security-response-changes", force: true }],
  ["events", "PutRule", { name: "security-response-outcomes", state: "DISABLED" }],
  ["events", "RemoveTargets", { rule: "security-response-create-user", ids: ["responder"] }],
  ["events", "PutTargets", { rule: "security-response-create-user", targets: [] }],
  ["lambda", "DeleteFunction20150331", { functionName: "security-response" }],
  ["lambda", "DeleteFunction20150331", { functionName: "security-response:$LATEST" }],
  ["lambda", "UpdateFunctionConfiguration20150331v2", { functionName: fn("security-response") }],
  ["lambda", "UpdateFunctionCode20150331v2", { functionName: `${fn("security-response")}:1` }],
  ["lambda", "PutFunctionConcurrency20171031", { functionName: `${MEMBER}:function:security-response` }],
  ["lambda", "PutFunctionEventInvokeConfig", { functionName: "security-response" }],
  ["lambda", "RemovePermission20150331v2", { functionName: "security-response", statementId: "x" }],
  ["sns", "DeleteTopic", { topicArn: names.topicArn }],
  ["sns", "Unsubscribe", { subscriptionArn: `${names.topicArn}:8a21d249-4329-4871-acc6-7be709c6ea7f` }],
  ["sqs", "DeleteQueue", { queueUrl: queue("security-response-dead-letters") }],
  ["logs", "DeleteLogGroup", { logGroupName: "/aws/lambda/security-response" }],
  ["logs", "PutRetentionPolicy", { logGroupName: "/aws/lambda/security-response", retentionInDays: 1 }],
  ["monitoring", "DeleteAlarms", { alarmNames: ["billing", "security-response-errors"] }],
  ["monitoring", "PutMetricAlarm", { alarmName: "security-response-errors" }],
  ["iam", "PutRolePolicy", { roleName: "security-response", policyName: "x" }],
  ["iam", "UpdateAssumeRolePolicy", { roleName: "security-response-forwarding" }],
  ["lambda", "UpdateFunctionConfiguration20150331v2", { functionName: fn("quarantine-sweep") }],
  ["lambda", "DeleteFunction20150331", { functionName: "quarantine-sweep" }],
  ["iam", "DeleteRolePolicy", { roleName: "quarantine-sweep", policyName: "x" }],
  ["lambda", "UpdateFunctionCode20150331v2", { functionName: fn("quarantine-drill") }],
  ["lambda", "PutFunctionConcurrency20171031", { functionName: "quarantine-drill" }],
  ["logs", "DeleteLogGroup", { logGroupName: "/aws/lambda/quarantine-drill" }],
  ["iam", "AttachRolePolicy", { roleName: "quarantine-drill", policyArn: "x" }],
  ["iam", "UpdateAssumeRolePolicy", { roleName: "security-response-hold" }],
  ["iam", "CreatePolicyVersion", { policyArn: names.quarantinePolicyArn, setAsDefault: true }],
  ["iam", "SetDefaultPolicyVersion", { policyArn: names.quarantinePolicyArn, versionId: "v2" }],
  ["iam", "DeletePolicy", { policyArn: names.quarantinePolicyArn }],
  ["iam", "CreatePolicy", { policyName: "AutomatedSecurityQuarantine" }],
  ["cloudtrail", "StopLogging", { name: "organization-trail" }],
];

/** What stands next to them: other people's parts, changes of users, and the parts' own daily work. */
const NEIGHBOURS: readonly Call[] = [
  ["events", "DisableRule", { name: "security-hub-findings" }],
  ["events", "PutRule", { name: "my-security-response-rule" }],
  ["lambda", "DeleteFunction20150331", { functionName: "my-security-response" }],
  ["lambda", "DeleteFunction20150331", { functionName: "my-security-response" }],
  ["lambda", "UpdateFunctionCode20150331v2", { functionName: fn("my-security-response") }],
  ["lambda", "DeleteFunction20150331", { functionName: "attack-simulation" }],
  ["sns", "DeleteTopic", { topicArn: `${names.topicArn}-2` }],
  ["sns", "ConfirmSubscription", { topicArn: names.topicArn }],
  ["sqs", "DeleteQueue", { queueUrl: queue("orders") }],
  ["logs", "CreateLogStream", { logGroupName: "/aws/lambda/security-response", logStreamName: "x" }],
  ["logs", "StartQuery", { logGroupName: "/aws/lambda/security-response" }],
  ["logs", "DeleteLogGroup", { logGroupName: "/aws/lambda/security-response-2" }],
  ["monitoring", "DeleteAlarms", { alarmNames: ["billing"] }],
  ["iam", "PutRolePolicy", { roleName: "security-responses", policyName: "security-response" }],
  ["iam", "DetachUserPolicy", { userName: "mallory", policyArn: names.quarantinePolicyArn }],
  ["iam", "DeletePolicy", { policyArn: `arn:aws:iam::${MEMBER}:policy/other` }],
  ["iam", "CreateUser", { userName: "security-response" }],
  ["cloudtrail", "AddTags", { resourceId: "organization-trail" }],
  ["cloudformation", "DeleteStack", { name: "security-response-create-user" }],
];

describe("the rule on changes of a target account's parts catches", () => {
  matches(partsChanged(names), true, CHANGES);
});
describe("the rule on changes of a target account's parts lets pass", () => {
  matches(partsChanged(names), false, NEIGHBOURS);
});

describe("the rule on changes", () => {
  const disable = {
    service: "events",
    eventName: "DisableRule",
    requestParameters: { name: "security-response-x" },
  };

  test("takes a success with errorCode null, and no refused call", () => {
    expect(matchesPattern(partsChanged(names), apiCallEvent({ ...disable, errorCode: null }))).toBe(true);
    expect(matchesPattern(partsChanged(names), apiCallEvent({ ...disable, errorCode: "AccessDenied" }))).toBe(
      false,
    );
  });

  test("takes no event that somebody else put on the bus", () => {
    expect(matchesPattern(partsChanged(names), { ...apiCallEvent(disable), source: "custom.events" })).toBe(
      false,
    );
  });

  test("is the same in every account, so that the central bus can use it", () => {
    expect(partsChanged(security)).toEqual(partsChanged(names));
  });
});

describe("the rule on changes of the security account's parts catches", () => {
  matches(OWN, true, [
    ["events", "DeleteRule", { name: "security-events-change-alerts", eventBusName: "security-events" }],
    ["events", "PutRule", { name: "someone-elses", eventBusName: "security-events" }],
    ["events", "DeleteEventBus", { name: "security-events" }],
    ["events", "PutPermission", { eventBusName: "security-events" }],
    ["events", "DeleteArchive", { archiveName: "security-events" }],
    ["lambda", "PutFunctionConcurrency20171031", { functionName: "security-notifier" }],
    ["sns", "SetTopicAttributes", { topicArn: security.topicArn }],
    ["sqs", "PurgeQueue", { queueUrl: queue("security-events-dead-letters") }],
    ["logs", "DeleteLogGroup", { logGroupName: "/aws/events/security-events" }],
    ["monitoring", "DisableAlarmActions", { alarmNames: ["security-events-errors"] }],
    ["monitoring", "PutDashboard", { dashboardName: "security-events", dashboardBody: "{}" }],
    ["monitoring", "DeleteDashboards", { dashboardNames: ["security-events"] }],
    ["logs", "DeleteMetricFilter", { logGroupName: NAMES.auditLog, filterName: "security-events-responses" }],
    ["iam", "DeleteRolePolicy", { roleName: "security-notifier" }],
    ["kms", "ScheduleKeyDeletion", { keyId: KEY_ID }],
    ["kms", "PutKeyPolicy", { keyId: KEY_ARN }],
    ["cloudtrail", "DeleteTrail", { name: "t" }],
  ]);
});
describe("the rule on changes of the security account's parts lets pass", () => {
  matches(OWN, false, [
    ["events", "DisableRule", { name: "guardduty", eventBusName: "default" }],
    ["lambda", "DeleteFunction20150331", { functionName: "security-response" }],
    ["kms", "DisableKey", { keyId: "another" }],
    ["logs", "CreateLogStream", { logGroupName: "/aws/events/security-events" }],
  ]);
});

describe("with channels, the rule on changes of the security account's parts catches", () => {
  const pattern = ownPartsChanged(security, [KEY_ARN, KEY_ID], true);
  const calls: readonly Call[] = [
    ["lambda", "UpdateFunctionConfiguration20150331v2", { functionName: "security-notifier-chat" }],
    ["iam", "PutRolePolicy", { roleName: "security-notifier-webhook-delivery" }],
    ["logs", "DeleteLogGroup", { logGroupName: "/aws/lambda/security-notifier-security-hub" }],
    ["sns", "DeleteTopic", { topicArn: security.topicArnOf("security-alerts-chat") }],
    ["sns", "Unsubscribe", { subscriptionArn: `${security.topicArnOf("security-alerts-chat")}:1` }],
    ["events", "DisableRule", { name: "security-events-webhook-page" }],
    ["events", "UpdateApiDestination", { name: "security-events-webhook-page" }],
    ["events", "UpdateConnection", { name: "pagerduty" }],
    ["events", "DeauthorizeConnection", { name: "pagerduty" }],
    ["events", "DeleteConnection", { name: "pagerduty" }],
    // What it catches without channels.
    ["lambda", "DeleteFunction20150331", { functionName: "security-notifier" }],
    ["iam", "DeleteRolePolicy", { roleName: "security-notifier" }],
  ];
  matches(pattern, true, calls);
  matches(pattern, false, [
    ["events", "DeleteArchive", { archiveName: "another" }],
    ["events", "UpdateApiDestination", { name: "another" }],
  ]);
});

const SCP =
  "with an explicit deny in a service control policy: arn:aws:organizations::123456789012:policy/o-exampleorgid/service_control_policy/p-examplepolicyid";
const refusedOn = (resource: string, reason = "because no identity-based policy allows the action") =>
  `User: arn:aws:iam::${MEMBER}:user/mallory is not authorized to perform: x:Y on resource: ${resource} ${reason}`;

type Refusal = readonly [service: string, eventName: string, errorMessage: string];

/** Asks of each refusal whether the pattern matches its record. */
function refusals(pattern: EventPattern, expected: boolean, cases: readonly Refusal[]): void {
  test.each(cases)("%s %s: %s", (service, eventName, errorMessage) => {
    const event = apiCallEvent({ service, eventName, errorCode: "AccessDenied", errorMessage });

    expect(matchesPattern(pattern, event)).toBe(expected);
  });
}

describe("the rule on refused attempts catches", () => {
  refusals(attemptRefused(names), true, [
    ["events", "DisableRule", refusedOn(names.ruleArn("security-response-create-user"))],
    ["lambda", "DeleteFunction20150331", refusedOn(fn("security-response"), SCP)],
    ["sns", "DeleteTopic", refusedOn(names.topicArn)],
    ["iam", "CreatePolicyVersion", refusedOn(`policy ${names.quarantinePolicyArn}`)],
    ["iam", "UpdateAssumeRolePolicy", refusedOn("role security-response", SCP)],
    ["iam", "DetachUserPolicy", refusedOn("user mallory", SCP)],
    ["iam", "DeleteUserPermissionsBoundary", refusedOn("user mallory", SCP)],
    ["iam", "UntagUser", refusedOn(`arn:aws:iam::${MEMBER}:user/mallory`, SCP)],
    // A user in quarantine goes on trying.
    [
      "s3",
      "DeleteBucket",
      refusedOn(
        "arn:aws:s3:::payroll",
        `with an explicit deny in an identity-based policy: ${names.quarantinePolicyArn}`,
      ),
    ],
  ]);
});

describe("the rule on refused attempts lets pass", () => {
  refusals(attemptRefused(names), false, [
    ["events", "DisableRule", refusedOn(names.ruleArn("nightly-report"))],
    ["iam", "DetachUserPolicy", refusedOn("user mallory")],
    ["iam", "CreateUser", refusedOn("user mallory", SCP)],
    ["ec2", "RunInstances", refusedOn("arn:aws:ec2:*:*:instance/*", SCP)],
    // Our role is the caller here, and what it calls is somebody else's.
    [
      "s3",
      "DeleteBucket",
      `User: arn:aws:sts::${MEMBER}:assumed-role/security-response/security-response is not authorized to perform: s3:DeleteBucket on resource: arn:aws:s3:::payroll because no identity-based policy allows it`,
    ],
    ["events", "DescribeRule", "Rule security-response-x does not exist on EventBus default."],
  ]);

  test("what was not refused", () => {
    expect(
      matchesPattern(
        attemptRefused(names),
        apiCallEvent({
          service: "iam",
          eventName: "DetachUserPolicy",
          errorMessage: refusedOn("user x", SCP),
        }),
      ),
    ).toBe(false);
  });
});

describe("the rule on refused attempts in the security account", () => {
  refusals(ownAttemptRefused(security), true, [
    ["events", "DeleteRule", refusedOn(security.ruleArn("security-events-audit", "security-events"))],
    ["lambda", "DeleteFunction20150331", refusedOn(security.functionArn("security-notifier"))],
    [
      "logs",
      "DeleteLogGroup",
      refusedOn(`${security.logGroupArn("/aws/events/security-events")}:log-stream:`),
    ],
  ]);
  refusals(ownAttemptRefused(security), false, [["sns", "DeleteTopic", refusedOn("arn:aws:sns:::other")]]);
});

test.each([
  ["changes", partsChanged(names)],
  ["changes in China", partsChanged(new AccountNames("aws-cn", MEMBER))],
  ["changes of the security account", ownPartsChanged(new AccountNames("aws-cn", MEMBER), [KEY_ARN, KEY_ID])],
  [
    "changes of the security account with channels",
    ownPartsChanged(new AccountNames("aws-cn", MEMBER), [KEY_ARN, KEY_ID], true),
  ],
  ["refusals", attemptRefused(names)],
])("the pattern of %s stays within EventBridge's default quota of 2,048 characters", (_, pattern) => {
  expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(2_048);
});

test("the audit log takes what is forwarded, and a creation is no change", () => {
  const [[service, eventName, requestParameters]] = CHANGES as [Call];
  const creation = loadFixture("events/by-iam-user");

  expect(matchesPattern(FORWARDED, apiCallEvent({ service, eventName, requestParameters }))).toBe(true);
  expect(matchesPattern(FORWARDED, { source: "custom.events" })).toBe(false);
  expect(matchesPattern(partsChanged(names), creation)).toBe(false);
});
