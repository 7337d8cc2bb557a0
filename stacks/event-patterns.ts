import {
  functionLogGroup,
  HEALTH_DETAIL_TYPE,
  INLINE_POLICY_NAME,
  SWEEP_SOURCE,
  TAG_KEYS,
  UNDOING_CALLS,
  WEBHOOK_DETAIL_TYPE,
  WEBHOOK_SOURCE,
  type DrillAudience,
} from "../functions/contract";
import { ConfigError } from "./config/errors";
import { mayUndoRoleNames } from "./config/roles";
import type { Rollout } from "./config/rollout";
import {
  ALARM_PREFIX,
  FAILED_ALARM_FORWARDING,
  MISSED_SWEEPS,
  NAMES,
  SECURITY_ALARM_PREFIX,
  SILENT_ACCOUNTS,
  TAG_KEY_PREFIX,
  type AccountNames,
} from "./names";

/** The audience of a drill whose outcome is mailed. */
const PEOPLE: DrillAudience = "people";

/** Beginning of the detail-type of what a Lambda destination puts on a bus. */
const LAMBDA_RESULT = "Lambda Function Invocation Result";

/** The default of EventBridge's quota "Event pattern size" (EventBridge guide, "Quotas"). */
export const MAX_PATTERN_CHARACTERS = 2_048;

/** An EventBridge event pattern as plain data; the stacks, the tests and the lab use the same object. */
export interface EventPattern {
  readonly [key: string]: EventPattern | readonly unknown[];
}

/** A field that is not there, or that CloudTrail has left out. */
const ABSENT = [{ exists: false }];

/** A user was created in IAM. */
export function userCreated(names: AccountNames): EventPattern {
  return iamCall(names, { eventName: ["CreateUser"] });
}

/**
 * A call may have undone a quarantine. The responder's own calls are left out, since each restored quarantine
 * would start it again. `anything-but` only matches if the field exists, and callers that are not a session
 * of a role do not have it. Names are compared without case, since AWS does not document where IAM ignores
 * case. All of our tag keys except the status begin with `Quarantine`, which keeps the pattern below the
 * 2,048 characters that EventBridge allows. A policy document can be so long that the record names no policy:
 * see {@link otherChangesOf}.
 *
 * Sources: EventBridge guide, "Comparison operators" and "Quotas" (event pattern size).
 */
export function quarantineUndone(names: AccountNames): EventPattern {
  const ourPolicy = { policyArn: [ignoringCase(names.quarantinePolicyArn), ...ABSENT] };
  const ourTagKey = [ignoringCase(TAG_KEYS.status), { prefix: ignoringCase(TAG_KEY_PREFIX) }];
  return iamCall(names, {
    userIdentity: {
      sessionContext: {
        sessionIssuer: {
          arn: [
            { exists: false },
            { "anything-but": [NAMES.responder, NAMES.hold].map((name) => names.ownRoleArn(name)) },
          ],
        },
      },
    },
    $or: [
      {
        eventName: [...UNDOING_CALLS.policy, ...UNDOING_CALLS.policyArn],
        requestParameters: ourPolicy,
      },
      {
        eventName: UNDOING_CALLS.policyName,
        requestParameters: { policyName: [ignoringCase(INLINE_POLICY_NAME), ...ABSENT] },
      },
      { eventName: UNDOING_CALLS.tags, requestParameters: { tags: { key: ourTagKey } } },
      { eventName: UNDOING_CALLS.tagKeys, requestParameters: { tagKeys: ourTagKey } },
      { eventName: UNDOING_CALLS.status, requestParameters: { status: ["Active"] } },
      { eventName: UNDOING_CALLS.any },
    ],
  });
}

/**
 * The same without what somebody replays from an archive of this account's default bus: such a record is
 * genuine, but old (EventBridge guide, "Archiving and replaying events"). The central bus has no need of it,
 * since its own archive is replayed on purpose.
 */
export function notReplayed(pattern: EventPattern): EventPattern {
  return { ...pattern, "replay-name": ABSENT };
}

function ignoringCase(text: string) {
  return { "equals-ignore-case": text };
}

/** A call of IAM that succeeded. */
function iamCall(names: AccountNames, detail: EventPattern): EventPattern {
  return {
    source: ["aws.iam"],
    "detail-type": apiCall(names),
    detail: {
      eventSource: ["iam.amazonaws.com"],
      ...detail,
      errorCode: SUCCEEDED,
    },
  };
}

/**
 * The detail-type of CloudTrail's records. In China the documentation has two forms, so both are matched
 * there.
 */
function apiCall({ partition }: AccountNames): string[] {
  return [
    "AWS API Call via CloudTrail",
    ...(partition === "aws-cn" ? ["Amazon API Call via CloudTrail"] : []),
  ];
}

/**
 * Events of AWS: nobody else can use a source with this prefix (EventBridge API reference,
 * PutEventsRequestEntry).
 */
const FROM_AWS = { prefix: "aws." };

/** A refused call carries an `errorCode`; a few producers write it as null for success. */
const SUCCEEDED = [{ exists: false }, null];

/** The parts of one stack whose changes outside of a rollout are reported. */
interface Parts {
  /** Prefix of the names of its rules, alarms and bus. */
  readonly prefix: string;
  /** Wildcards that match its functions, however a call names them. */
  readonly functions: readonly string[];
  /** What matches its log groups by their names, and wildcards that match them by name or ARN. */
  readonly logGroups: readonly unknown[];
  readonly logGroupWildcards: readonly string[];
  /** What matches its roles by their names, and those of its functions by their ARNs. */
  readonly roles: readonly unknown[];
  readonly functionRoles: readonly unknown[];
  readonly topics: readonly string[];
  readonly queue: string;
}

const TARGET_PARTS: Parts = {
  prefix: ALARM_PREFIX,
  // Shorter than both forms of the name: a pattern may have 2,048 characters.
  functions: [...named(NAMES.responder), ...[NAMES.sweep, NAMES.drill].map((name) => `*${name}*`)],
  logGroups: [NAMES.responder, NAMES.hold, NAMES.sweep, NAMES.drill].map(functionLogGroup),
  logGroupWildcards: [NAMES.responder, NAMES.sweep, NAMES.drill].map((name) => `*${functionLogGroup(name)}*`),
  // Those of the hold and of the rules begin alike.
  roles: [
    { prefix: ignoringCase(`${NAMES.responder}-`) },
    ...[NAMES.responder, NAMES.sweep, NAMES.drill].map(ignoringCase),
  ],
  functionRoles: [
    { wildcard: `*/${NAMES.responder}*` },
    ...[NAMES.sweep, NAMES.drill].map((name) => ({ suffix: `/${name}` })),
  ],
  queue: NAMES.deadLetters,
  topics: [NAMES.topic, NAMES.hold],
};

const SECURITY_PARTS: Parts = {
  // This is also the name of the bus itself.
  prefix: NAMES.bus,
  functions: named(NAMES.notifier),
  logGroups: [functionLogGroup(NAMES.notifier), NAMES.auditLog],
  logGroupWildcards: [functionLogGroup(NAMES.notifier), NAMES.auditLog].map((name) => `*${name}*`),
  roles: [ignoringCase(NAMES.notifier)],
  functionRoles: [{ suffix: `/${NAMES.notifier}` }],
  queue: NAMES.securityDeadLetters,
  topics: [NAMES.topic],
};

/**
 * The same with channels other than mail, whose functions, roles and log groups begin like the notifier's.
 */
const SECURITY_PARTS_WITH_CHANNELS: Parts = {
  ...SECURITY_PARTS,
  logGroups: [{ prefix: functionLogGroup(NAMES.notifier) }, NAMES.auditLog],
  roles: [{ prefix: ignoringCase(NAMES.notifier) }],
  functionRoles: [{ wildcard: `*/${NAMES.notifier}*` }],
  topics: [NAMES.topic, NAMES.chatTopic],
};

/** A function's name, ARN, or part of an ARN, each with or without a version. */
function named(functionName: string): readonly string[] {
  return [`${functionName}*`, `*:function:${functionName}*`];
}

/**
 * Somebody changed a part of a target account's stack, or a trail. The same pattern serves in the account
 * and on the central bus: names are the same in every account.
 */
export function partsChanged(names: AccountNames): EventPattern {
  return changesOf(names, partsOf(TARGET_PARTS));
}

/** Roles and a policy that others made, and whose change disarms an account. */
type Outside = Pick<Rollout, "deploymentRole" | "guard" | "permissionsBoundary">;

/**
 * Somebody changed a part of a target account's stack, or what it rests on, by a call for which
 * {@link partsChanged} has no room. No call matches both: each is forwarded and mailed once.
 */
export function otherPartsChanged(names: AccountNames, outside: Outside): EventPattern {
  return withinQuota(
    changesOf(names, [
      ...otherChangesOf(TARGET_PARTS, outside, NAMES.quarantinePolicy),
      {
        ...from("iam"),
        eventName: ["CreatePolicy"],
        requestParameters: { policyName: [ignoringCase(NAMES.quarantinePolicy)] },
      },
    ]),
  );
}

/** @throws ConfigError when the names of roles that are in it make it too long. */
function withinQuota(pattern: EventPattern): EventPattern {
  const { length } = JSON.stringify(pattern);
  if (length > MAX_PATTERN_CHARACTERS) {
    throw new ConfigError("rollout.yaml", [
      {
        path: "guard.breakGlassRoles",
        expected: `roles with which an event pattern has at most ${MAX_PATTERN_CHARACTERS} characters`,
        found: `${length} characters`,
        hint: "a rule names each of them, to report who changes its trust policy: name fewer roles, or shorter ones",
      },
    ]);
  }
  return pattern;
}

/**
 * Somebody changed a part of the security account's stack, or a trail in that account.
 *
 * @param topicKeyNames ARN and id of the key that encrypts the topic: calls name it by either.
 * @param hasChannels Whether there are channels other than mail.
 */
export function ownPartsChanged(
  names: AccountNames,
  topicKeyNames: readonly string[],
  hasChannels = false,
): EventPattern {
  return changesOf(names, [
    ...partsOf(hasChannels ? SECURITY_PARTS_WITH_CHANNELS : SECURITY_PARTS),
    // The names of API destinations begin like those of the rules. The names of connections are free, and
    // there is no room to list them, so connections for other purposes match too.
    ...(hasChannels ? [{ ...from("events"), eventName: [{ suffix: "eConnection" }] }] : []),
    // Its policy, and rules that others add to it.
    { ...from("events"), requestParameters: { eventBusName: [NAMES.bus] } },
    // Without the event source, since the pattern must be short: another service's archive of this name would
    // match.
    { requestParameters: { archiveName: [NAMES.archive] } },
    { ...from("kms"), requestParameters: { keyId: topicKeyNames } },
  ]);
}

/** The same as {@link otherPartsChanged} of the security account. */
export function ownOtherPartsChanged(
  names: AccountNames,
  outside: Outside,
  hasChannels = false,
): EventPattern {
  const parts = hasChannels ? SECURITY_PARTS_WITH_CHANNELS : SECURITY_PARTS;
  return withinQuota(
    changesOf(names, [
      ...otherChangesOf(parts, outside),
      // Only CloudWatch has a parameter of either name.
      { requestParameters: { dashboardName: [NAMES.dashboard] } },
      { requestParameters: { dashboardNames: [NAMES.dashboard] } },
      // The alarms here send mails, unlike those of target accounts.
      { requestParameters: { muteTargets: { alarmNames: [{ prefix: SECURITY_ALARM_PREFIX }] } } },
    ]),
  );
}

function changesOf(names: AccountNames, alternatives: readonly EventPattern[]): EventPattern {
  return {
    source: [FROM_AWS],
    "detail-type": apiCall(names),
    detail: { errorCode: SUCCEEDED, $or: alternatives },
  };
}

/**
 * Patterns for changes of each part, by the field in which CloudTrail's records name it. Reads need no
 * exception, since rules do not get them (EventBridge guide, "AWS service events delivered via CloudTrail").
 * All calls about a function match, so the version of the API at the end of Lambda's event names does not
 * matter.
 */
function partsOf({
  prefix,
  functions,
  topics,
  queue,
  logGroups,
  roles,
  functionRoles,
}: Parts): EventPattern[] {
  const begins = [{ prefix }];
  return [
    { ...from("events"), requestParameters: { name: begins } },
    // The event source is left out where only one service has the parameter, to keep the pattern short:
    // `rule` of EventBridge, alarm names of CloudWatch, and `subscriptionArn` of SNS.
    { requestParameters: { rule: begins } },
    { ...from("lambda"), requestParameters: { functionName: functions.map((wildcard) => ({ wildcard })) } },
    // Recipients confirm their subscription by a link.
    {
      ...from("sns"),
      eventName: [{ "anything-but": ["ConfirmSubscription"] }],
      requestParameters: { topicArn: topics.map((name) => ({ suffix: `:${name}` })) },
    },
    { requestParameters: { subscriptionArn: topics.map((name) => ({ wildcard: `*:${name}:*` })) } },
    { ...from("sqs"), requestParameters: { queueUrl: [{ suffix: `/${queue}` }] } },
    // Not all calls: Lambda and EventBridge create streams all the time, and people run queries.
    {
      ...from("logs"),
      eventName: [{ prefix: "Delete" }, { prefix: "Put" }, { suffix: "KmsKey" }],
      requestParameters: { logGroupName: logGroups },
    },
    { requestParameters: { alarmName: begins } },
    { requestParameters: { alarmNames: begins } },
    { ...from("iam"), requestParameters: { roleName: roles } },
    // Whoever gives a role of ours to another function can act as ours. Other services have no use for it.
    { requestParameters: { role: functionRoles } },
    // Every trail, since the rollout does not know the name of the trail on which it depends.
    {
      ...from("cloudtrail"),
      eventName: ["StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"],
    },
  ];
}

/**
 * Calls that name a part by another parameter, that change what parts rest on, or whose record names nothing:
 * where the parameters of a call have more than 100 KB, CloudTrail leaves all of them out (CloudTrail guide,
 * "Record contents"). IAM takes policy documents of 128 KB, and does not count their white space.
 *
 * @param policies Names of our own policies.
 */
function otherChangesOf(
  { topics, queue, logGroupWildcards }: Parts,
  outside: Outside,
  ...policies: readonly string[]
): EventPattern[] {
  const { permissionsBoundary: boundary } = outside;
  const boundaries = boundary === undefined || boundary.startsWith("arn:") ? [] : [boundary];
  const kept = [...policies, ...boundaries].map((policy) => ({ suffix: ignoringCase(`/${nameIn(policy)}`) }));
  const logGroups = logGroupWildcards.map((wildcard) => ({ wildcard }));
  const defaultBus = ["default", ...ABSENT];
  return [
    // Of these, one has either parameter and the others the other one. AttachUserPolicy and DetachUserPolicy
    // name the policy too: those are changes of a user.
    {
      ...from("iam"),
      eventName: [
        ...["PutRolePolicy", "UpdateAssumeRolePolicy", "CreateRole"],
        ...[{ suffix: "PolicyVersion" }, "DeletePolicy"],
      ],
      requestParameters: { roleName: ABSENT, policyArn: [...kept, ...ABSENT] },
    },
    // The rules rest on the default bus, which is meant where a call names none: a key that nobody may use,
    // or a policy that denies, breaks it. A rule's own calls are here for records without parameters.
    {
      ...from("events"),
      eventName: ["UpdateEventBus", "PutPermission", "PutRule", "PutTargets"],
      requestParameters: { name: defaultBus, eventBusName: defaultBus, rule: ABSENT },
    },
    { eventName: ["PutMetricAlarm"], requestParameters: { alarmName: ABSENT } },
    // Who may act as a role that may undo a quarantine.
    {
      eventName: ["UpdateAssumeRolePolicy", "CreateRole", "DeleteRole"],
      requestParameters: { roleName: mayUndoRoleNames(outside).map((role) => ignoringCase(nameIn(role))) },
    },
    // Tags have a resource of this name too.
    {
      eventName: ["PutDataProtectionPolicy"],
      requestParameters: { resourceArn: topics.map((name) => ({ suffix: `:${name}` })) },
    },
    // By name or ARN. No other service has such names.
    { requestParameters: { logGroupIdentifier: logGroups } },
    { requestParameters: { resourceIdentifier: logGroups } },
    { requestParameters: { sourceArn: [{ suffix: `:${queue}` }] } },
  ];
}

/** Name of a role or policy without its path. */
function nameIn(nameWithPath: string): string {
  return nameWithPath.slice(nameWithPath.lastIndexOf("/") + 1);
}

function from(service: string): { readonly eventSource: readonly string[] } {
  return { eventSource: [`${service}.amazonaws.com`] };
}

/** Calls that undo a quarantine, or create a credential for a quarantined user. */
const REFUSED_CALLS = [
  "DetachUserPolicy",
  // Policies and permissions boundaries alike.
  { prefix: "DeleteUserP" },
  { prefix: "PutUserP" },
  ...["TagUser", "UntagUser", "UpdateUser"],
  ...["CreateAccessKey", "UpdateAccessKey", "CreateLoginProfile", "UpdateLoginProfile"],
  { suffix: "ServiceSpecificCredential" },
  ...["UploadSSHPublicKey", "UploadSigningCertificate"],
];

/**
 * AWS refused a change of a part of a target account's stack, any call because of the quarantine policy, or,
 * because of a service control policy, one of the calls that undo a quarantine. CloudTrail omits the
 * parameters of a refused call, so only the message can be matched. Our names only count after `on
 * resource:`, since the caller is before it. The message does not show whether the service control policy is
 * our guard: its ARN has an id that Organizations chooses.
 */
export function attemptRefused(names: AccountNames): EventPattern {
  return refusalsOf(
    names,
    [NAMES.responder, NAMES.topic, NAMES.quarantinePolicy, NAMES.sweep, NAMES.drill],
    [
      {
        ...from("iam"),
        eventName: REFUSED_CALLS,
        errorMessage: [{ wildcard: "*explicit deny in a service control policy*" }],
      },
    ],
  );
}

/** AWS refused a change of a part of the security account's stack. */
export function ownAttemptRefused(names: AccountNames): EventPattern {
  return refusalsOf(names, [NAMES.bus, NAMES.notifier, NAMES.topic]);
}

function refusalsOf(
  names: AccountNames,
  partOfName: readonly string[],
  more: readonly EventPattern[] = [],
): EventPattern {
  const resource = {
    errorMessage: partOfName.map((part) => ({ wildcard: `*on resource: *${part}*` })),
  };
  return {
    source: [FROM_AWS],
    "detail-type": apiCall(names),
    detail: {
      errorCode: [{ exists: true }],
      ...(more.length === 0 ? resource : { $or: [resource, ...more] }),
    },
  };
}

/** A sweep reports whether the parts of its account are as deployed. */
const HEALTH_REPORTED: EventPattern = { source: [SWEEP_SOURCE], "detail-type": [HEALTH_DETAIL_TYPE] };

/**
 * The responder of this account ended a response, or a drill has ended: Lambda's on-success destination puts
 * this on the default bus.
 */
export function responseEnded(names: AccountNames): EventPattern {
  return {
    source: ["lambda"],
    "detail-type": [{ prefix: LAMBDA_RESULT }],
    detail: {
      requestContext: {
        functionArn: [NAMES.responder, NAMES.hold, NAMES.drill].map((name) => ({
          prefix: `${names.functionArn(name)}:`,
        })),
      },
    },
  };
}

/** What the functions of this account report: {@link responseEnded}, or the health report of a sweep. */
export function outcomeReported(names: AccountNames): EventPattern {
  return { $or: [responseEnded(names), HEALTH_REPORTED] };
}

/**
 * An alarm of this account's stack went off. The alarm about failed forwarding of alarms is left out:
 * forwarding it would set it off again. The alarm on missed sweeps goes off when its metric ends.
 */
export function alarmRaised(names: AccountNames): EventPattern {
  return {
    source: ["aws.cloudwatch"],
    "detail-type": ["CloudWatch Alarm State Change"],
    resources: [{ prefix: names.alarmArn(ALARM_PREFIX) }],
    detail: {
      $or: [
        {
          alarmName: [{ "anything-but": [`${ALARM_PREFIX}${FAILED_ALARM_FORWARDING}`] }],
          state: { value: ["ALARM"] },
        },
        {
          alarmName: [`${ALARM_PREFIX}${MISSED_SWEEPS}`],
          state: { value: ["INSUFFICIENT_DATA"] },
          previousState: { value: ["OK"] },
        },
      ],
    },
  };
}

/** An alarm of the security account went off, or the one on silent accounts has lost its data. */
export function ownAlarmRaised(names: AccountNames): EventPattern {
  return {
    source: ["aws.cloudwatch"],
    "detail-type": ["CloudWatch Alarm State Change"],
    resources: [{ prefix: names.alarmArn(SECURITY_ALARM_PREFIX) }],
    detail: {
      $or: [
        { state: { value: ["ALARM"] } },
        {
          alarmName: [`${SECURITY_ALARM_PREFIX}${SILENT_ACCOUNTS}`],
          state: { value: ["INSUFFICIENT_DATA"] },
        },
      ],
    },
  };
}

/** A request of the webhook channel for one webhook. Events of another account do not count. */
export function webhookRequested({ accountId }: AccountNames, webhook: string): EventPattern {
  return {
    source: [WEBHOOK_SOURCE],
    "detail-type": [WEBHOOK_DETAIL_TYPE],
    account: [accountId],
    detail: { webhook: [webhook] },
  };
}

/**
 * Somebody changed or detached the guard, or disabled service control policies. Organizations records its
 * calls in one Region, in the commercial partition that of IAM's events (Organizations guide, "Logging and
 * monitoring"). A refused call has no parameters, so only successful calls match.
 *
 * @param policyId Id of the guard's policy, such as `p-examplepolicyid`.
 */
export function guardChanged(policyId: string): EventPattern {
  return {
    source: ["aws.organizations"],
    "detail-type": ["AWS API Call via CloudTrail"],
    detail: {
      eventSource: ["organizations.amazonaws.com"],
      $or: [
        {
          eventName: ["AttachPolicy", "DeletePolicy", "DetachPolicy", "UpdatePolicy"],
          requestParameters: { policyId: [policyId] },
        },
        {
          eventName: ["DisablePolicyType"],
          requestParameters: { policyType: ["SERVICE_CONTROL_POLICY"] },
        },
      ],
    },
  };
}

/**
 * Everything that target accounts, and the guard's, forward to the central bus: outcomes, and events of AWS.
 */
export const FORWARDED: EventPattern = { source: ["lambda", SWEEP_SOURCE, FROM_AWS] };

/** A change of the guard that its stack forwarded, which forwards nothing else of AWS Organizations. */
export const FORWARDED_GUARD_CHANGE: EventPattern = { source: ["aws.organizations"] };

/**
 * An outcome that is mailed. Trusted and ignored creations, drills for `nobody`, and unchanged health reports
 * are only in the audit log. Earlier versions of the sweep do not write `alerted`.
 */
export const OUTCOME_TO_ANNOUNCE: EventPattern = {
  $or: [
    {
      source: ["lambda"],
      "detail-type": [{ prefix: LAMBDA_RESULT }],
      detail: { responsePayload: { alerted: [true], drill: [{ exists: false }, PEOPLE] } },
    },
    { ...HEALTH_REPORTED, detail: { alerted: [{ exists: false }, true] } },
  ],
};

/** An alarm that a target account forwarded. */
export const FORWARDED_ALARM: EventPattern = {
  source: ["aws.cloudwatch"],
  detail: { state: { value: ["ALARM", "INSUFFICIENT_DATA"] } },
};
