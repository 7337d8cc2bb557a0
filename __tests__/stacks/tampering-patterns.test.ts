import { matchesPattern } from "../../lab/eventbridge/pattern";
import { ConfigError } from "../../stacks/config/errors";
import { parseRollout } from "../../stacks/config/load";
import {
  attemptRefused,
  FORWARDED,
  MAX_PATTERN_CHARACTERS,
  notReplayed,
  ownOtherPartsChanged,
  otherPartsChanged,
  ownAttemptRefused,
  ownPartsChanged,
  partsChanged,
  type EventPattern,
} from "../../stacks/event-patterns";
import { AccountNames, NAMES } from "../../stacks/names";
import { apiCallEvent, MEMBER, type ApiCallFields } from "../support/functions/api-call-event";
import { loadFixture } from "../support/load-fixture";
import { GUARDED_YAML } from "../support/stacks/sample";

const names = new AccountNames("aws", MEMBER);
const security = new AccountNames("aws", "111122223333");
const KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab";
const KEY_ARN = `arn:aws:kms:us-east-1:111122223333:key/${KEY_ID}`;
const OWN = ownPartsChanged(security, [KEY_ARN, KEY_ID]);

/** With break-glass roles in a path, and a boundary. */
const rolloutOf = (yaml: string) => parseRollout("rollout.yaml", yaml, "/project");
const rollout = rolloutOf(`${GUARDED_YAML}permissionsBoundary: security/Boundary\n`);
const OTHER = otherPartsChanged(names, rollout);
const OTHER_OWN = ownOtherPartsChanged(security, rollout);

type Call = readonly [
  service: string,
  eventName: string,
  requestParameters: NonNullable<ApiCallFields["requestParameters"]>,
];

/** What CloudTrail writes instead of parameters of more than 100 KB; some of its records have null. */
const OMITTED = { reason: "requestParameters too large", omitted: true, originalSize: 131_000 };

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
  // IAM takes names of either case for one role.
  ["iam", "PutRolePolicy", { roleName: "SECURITY-response", policyName: "x" }],
  ["iam", "UpdateAssumeRolePolicy", { roleName: "Security-Response-forwarding" }],
  // Whoever gives a role of ours to a function of their own acts as ours.
  ["lambda", "CreateFunction20150331", { functionName: "x", role: names.roleArn("security-response") }],
  ["lambda", "CreateFunction20150331", { functionName: "x", role: names.roleArn("team/quarantine-sweep") }],
  [
    "lambda",
    "UpdateFunctionConfiguration20150331v2",
    { functionName: "x", role: names.roleArn("quarantine-drill") },
  ],
  ["cloudtrail", "StopLogging", { name: "organization-trail" }],
];

/** Calls that name a part by another parameter, or change what the parts rest on. */
const OTHER_CHANGES: readonly Call[] = [
  ["iam", "CreatePolicyVersion", { policyArn: names.quarantinePolicyArn, setAsDefault: true }],
  ["iam", "SetDefaultPolicyVersion", { policyArn: names.quarantinePolicyArn, versionId: "v2" }],
  ["iam", "DeletePolicy", { policyArn: names.quarantinePolicyArn.toLowerCase() }],
  ["iam", "CreatePolicy", { policyName: "AutomatedSecurityQuarantine" }],
  // The policy that bounds our roles: a version that allows nothing disarms them all.
  ["iam", "CreatePolicyVersion", { policyArn: names.policyArn("security/Boundary"), setAsDefault: true }],
  // A key that nobody may use: what rules have is encrypted with it, and our own events.
  ["events", "UpdateEventBus", { name: "default", kmsKeyIdentifier: "a-key-without-grants" }],
  ["events", "UpdateEventBus", { kmsKeyIdentifier: "a-key-without-grants" }],
  // A statement that denies PutEvents to the responder, the sweep and the drill.
  ["events", "PutPermission", { eventBusName: "default", policy: "{}" }],
  ["events", "PutPermission", { policy: "{}" }],
  // Who may act as a role that may undo a quarantine.
  ["iam", "UpdateAssumeRolePolicy", { roleName: "OrganizationAccountAccessRole", policyDocument: "{}" }],
  ["iam", "UpdateAssumeRolePolicy", { roleName: "quarantinebreakglass", policyDocument: "{}" }],
  ["iam", "CreateRole", { roleName: "QuarantineBreakGlass", path: "/security/" }],
  ["iam", "DeleteRole", { roleName: "QuarantineBreakGlass" }],
  // Blocks or masks what the topic delivers.
  ["sns", "PutDataProtectionPolicy", { resourceArn: names.topicArn, dataProtectionPolicy: "{}" }],
  ["sns", "PutDataProtectionPolicy", { resourceArn: names.topicArnOf("security-response-hold") }],
  // Masks what the sweep reads there.
  ["logs", "PutDataProtectionPolicy", { logGroupIdentifier: "/aws/lambda/security-response" }],
  ["logs", "PutTransformer", { logGroupIdentifier: names.logGroupArn("/aws/lambda/quarantine-sweep") }],
  ["logs", "AssociateKmsKey", { resourceIdentifier: names.logGroupArn("/aws/lambda/security-response") }],
  // Empties the dead-letter queue into another one.
  ["sqs", "StartMessageMoveTask", { sourceArn: names.queueArn("security-response-dead-letters") }],
  // What has more than 100 KB, by white space for example.
  ["iam", "PutRolePolicy", OMITTED],
  ["iam", "UpdateAssumeRolePolicy", OMITTED],
  ["iam", "CreateRole", OMITTED],
  ["iam", "CreatePolicyVersion", OMITTED],
  ["events", "PutTargets", OMITTED],
  ["events", "PutRule", OMITTED],
  ["monitoring", "PutMetricAlarm", OMITTED],
];

const OTHER_NEIGHBOURS: readonly Call[] = [
  ["iam", "CreatePolicyVersion", { policyArn: names.policyArn("Developers"), setAsDefault: true }],
  ["iam", "CreatePolicyVersion", { policyArn: names.policyArn("security/OtherBoundary") }],
  ["iam", "DetachUserPolicy", { userName: "mallory", policyArn: names.quarantinePolicyArn }],
  ["iam", "PutRolePolicy", { roleName: "OrganizationAccountAccessRole", policyName: "x" }],
  ["iam", "UpdateAssumeRolePolicy", { roleName: "Developers", policyDocument: "{}" }],
  ["iam", "CreateRole", { roleName: "Developers" }],
  ["iam", "DeleteRole", { roleName: "Developers" }],
  // Policies of IoT have no ARN in their calls.
  ["iot", "CreatePolicyVersion", { policyName: "sensors" }],
  ["events", "UpdateEventBus", { name: "orders", kmsKeyIdentifier: "a-key" }],
  ["events", "PutPermission", { eventBusName: "orders", policy: "{}" }],
  ["events", "PutRule", { name: "nightly-report" }],
  ["events", "PutTargets", { rule: "nightly-report", targets: [] }],
  ["monitoring", "PutMetricAlarm", { alarmName: "billing" }],
  ["sns", "PutDataProtectionPolicy", { resourceArn: `${names.topicArn}-2` }],
  ["sns", "TagResource", { resourceArn: names.topicArn }],
  ["logs", "PutDataProtectionPolicy", { logGroupIdentifier: "/aws/lambda/billing" }],
  ["sqs", "StartMessageMoveTask", { sourceArn: names.queueArn("orders-dead-letters") }],
  ["lambda", "AddPermission20150331v2", { functionName: "x", sourceArn: names.queueArn("orders") }],
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
  ["lambda", "CreateFunction20150331", { functionName: "x", role: names.roleArn("my-quarantine-sweep") }],
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

describe("the rule on other changes of a target account's parts catches", () => {
  matches(OTHER, true, OTHER_CHANGES);

  test.each(OTHER_CHANGES.filter(([, , parameters]) => parameters === OMITTED))(
    "%s %s without any parameters",
    (service, eventName) => {
      expect(matchesPattern(OTHER, apiCallEvent({ service, eventName, requestParameters: null }))).toBe(true);
    },
  );
});
describe("the rule on other changes of a target account's parts lets pass", () => {
  matches(OTHER, false, OTHER_NEIGHBOURS);

  test.each(OTHER_CHANGES)("%s %s %j when it was refused", (service, eventName) => {
    const event = apiCallEvent({ service, eventName, requestParameters: null, errorCode: "AccessDenied" });

    expect(matchesPattern(OTHER, event)).toBe(false);
  });
});

// Each rule forwards, and each is mailed.
describe("no change is caught by both rules", () => {
  matches(OTHER, false, CHANGES);
  matches(partsChanged(names), false, OTHER_CHANGES);
});

test("a boundary that AWS manages is nobody's to change, and without one nothing is said of it", () => {
  const boundary = "arn:aws:iam::aws:policy/PowerUserAccess";
  const managed = otherPartsChanged(names, { ...rollout, permissionsBoundary: boundary });

  expect(JSON.stringify(managed)).not.toMatch(/PowerUserAccess|Boundary/);
});

test("so many roles that a rule cannot name them are refused with what to do", () => {
  const roles = Array.from({ length: 12 }, (_, index) => `${"platform".repeat(7)}${index}`).join(", ");
  const many = rolloutOf(GUARDED_YAML.replace(/breakGlassRoles: .*/, `breakGlassRoles: [${roles}]`));

  expect(() => otherPartsChanged(names, many)).toThrow(ConfigError);
  expect(() => otherPartsChanged(names, many)).toThrow(/guard.breakGlassRoles: .*name fewer roles/s);
});

// An archive of the account's default bus can put a genuine record there again, at any time.
test("what somebody replays in an account is left out", () => {
  const [service, eventName, requestParameters] = CHANGES[0] as Call;
  const event = apiCallEvent({ service, eventName, requestParameters });
  const pattern = notReplayed(partsChanged(names));

  expect(matchesPattern(pattern, event)).toBe(true);
  expect(matchesPattern(pattern, { ...event, "replay-name": "x" })).toBe(false);
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
    ["lambda", "CreateFunction20150331", { functionName: "x", role: security.roleArn("security-notifier") }],
    ["logs", "DeleteMetricFilter", { logGroupName: NAMES.auditLog, filterName: "security-events-responses" }],
    ["iam", "DeleteRolePolicy", { roleName: "security-notifier" }],
    ["kms", "ScheduleKeyDeletion", { keyId: KEY_ID }],
    ["kms", "PutKeyPolicy", { keyId: KEY_ARN }],
    ["cloudtrail", "DeleteTrail", { name: "t" }],
  ]);
});
describe("the rule on other changes of the security account's parts catches", () => {
  const calls: readonly Call[] = [
    ["monitoring", "PutDashboard", { dashboardName: "security-events", dashboardBody: "{}" }],
    ["monitoring", "DeleteDashboards", { dashboardNames: ["security-events"] }],
    [
      "monitoring",
      "PutAlarmMuteRule",
      { name: "x", muteTargets: { alarmNames: ["billing", "security-events-silent-accounts"] } },
    ],
    ["iam", "UpdateAssumeRolePolicy", { roleName: "OrganizationAccountAccessRole" }],
    ["iam", "PutRolePolicy", OMITTED],
    ["events", "UpdateEventBus", { name: "default" }],
    ["sns", "PutDataProtectionPolicy", { resourceArn: security.topicArn }],
    ["logs", "PutDataProtectionPolicy", { logGroupIdentifier: NAMES.auditLog }],
    ["sqs", "StartMessageMoveTask", { sourceArn: security.queueArn("security-events-dead-letters") }],
  ];
  matches(OTHER_OWN, true, calls);
  matches(OTHER_OWN, false, [
    ["monitoring", "PutAlarmMuteRule", { name: "x", muteTargets: { alarmNames: ["billing"] } }],
  ]);
  matches(OWN, false, calls);
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
    [
      "lambda",
      "CreateFunction20150331",
      { functionName: "x", role: security.roleArn("security-notifier-chat") },
    ],
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
    ["iam", "UploadSSHPublicKey", refusedOn("user mallory", SCP)],
    ["iam", "UploadSigningCertificate", refusedOn("user mallory", SCP)],
    ["iam", "ResetServiceSpecificCredential", refusedOn("user mallory", SCP)],
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
  ["other changes in China", otherPartsChanged(new AccountNames("aws-cn", MEMBER), rollout)],
  ["other changes of the security account", ownOtherPartsChanged(security, rollout, true)],
  ["refusals", attemptRefused(names)],
])("the pattern of %s stays within EventBridge's default quota of 2,048 characters", (_, pattern) => {
  expect(MAX_PATTERN_CHARACTERS).toBe(2_048);
  expect(JSON.stringify(notReplayed(pattern)).length).toBeLessThanOrEqual(2_048);
});

test("the audit log takes what is forwarded, and a creation is no change", () => {
  const [[service, eventName, requestParameters]] = CHANGES as [Call];
  const creation = loadFixture("events/by-iam-user");

  expect(matchesPattern(FORWARDED, apiCallEvent({ service, eventName, requestParameters }))).toBe(true);
  expect(matchesPattern(FORWARDED, { source: "custom.events" })).toBe(false);
  expect(matchesPattern(partsChanged(names), creation)).toBe(false);
});
