import {
  HEALTH_DETAIL_TYPE,
  INLINE_POLICY_NAME,
  SWEEP_SOURCE,
  TAG_KEYS,
  UNDOING_CALLS,
  WEBHOOK_DETAIL_TYPE,
  WEBHOOK_SOURCE,
  type DrillAudience,
} from "../functions/contract";
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
import { functionLogGroup } from "./policies/function-logs";

/** The audience of a drill whose outcome is mailed. */
const PEOPLE: DrillAudience = "people";

/** Beginning of the detail-type of what a Lambda destination puts on a bus. */
const LAMBDA_RESULT = "Lambda Function Invocation Result";

/** An EventBridge event pattern as plain data; the stacks, the tests and the lab use the same object. */
export interface EventPattern {
  readonly [key: string]: EventPattern | readonly unknown[];
}

/** A user was created in IAM. */
export function userCreated(names: AccountNames): EventPattern {
  return iamCall(names, { eventName: ["CreateUser"] });
}

/**
 * A call may have undone a quarantine. The responder's own calls are left out, since each restored quarantine
 * would start it again. `anything-but` only matches if the field exists, and callers that are not a session
 * of a role do not have it. Names are compared without case, since AWS does not document where IAM ignores
 * case. All of our tag keys except the status begin with `Quarantine`, which keeps the pattern below the
 * 2,048 characters that EventBridge allows.
 *
 * Sources: EventBridge guide, "Comparison operators" and "Quotas" (event pattern size).
 */
export function quarantineUndone(names: AccountNames): EventPattern {
  const ourPolicy = { policyArn: [ignoringCase(names.quarantinePolicyArn)] };
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
        requestParameters: { policyName: [ignoringCase(INLINE_POLICY_NAME)] },
      },
      { eventName: UNDOING_CALLS.tags, requestParameters: { tags: { key: ourTagKey } } },
      { eventName: UNDOING_CALLS.tagKeys, requestParameters: { tagKeys: ourTagKey } },
      { eventName: UNDOING_CALLS.status, requestParameters: { status: ["Active"] } },
      { eventName: UNDOING_CALLS.any },
    ],
  });
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
  /**
   * Patterns for its functions, in every form in which a call can name them, its log groups and its roles.
   */
  readonly functions: readonly unknown[];
  readonly logGroups: readonly unknown[];
  readonly roles: readonly unknown[];
  readonly topics: readonly string[];
  readonly queue: string;
}

const TARGET_PARTS: Parts = {
  prefix: ALARM_PREFIX,
  // A wildcard is shorter than both forms of the name: a pattern may have 2,048 characters.
  functions: [
    ...named(NAMES.responder),
    ...[NAMES.sweep, NAMES.drill].map((name) => ({ wildcard: `*${name}*` })),
  ],
  logGroups: [NAMES.responder, NAMES.hold, NAMES.sweep, NAMES.drill].map(functionLogGroup),
  // The prefix matches the roles of the hold and of the rules.
  roles: [NAMES.responder, { prefix: `${NAMES.responder}-` }, NAMES.sweep, NAMES.drill],
  queue: NAMES.deadLetters,
  topics: [NAMES.topic, NAMES.hold],
};

const SECURITY_PARTS: Parts = {
  // This is also the name of the bus itself.
  prefix: NAMES.bus,
  functions: named(NAMES.notifier),
  logGroups: [functionLogGroup(NAMES.notifier), NAMES.auditLog],
  roles: [NAMES.notifier],
  queue: NAMES.securityDeadLetters,
  topics: [NAMES.topic],
};

/**
 * The same with channels other than mail, whose functions, roles and log groups begin like the notifier's.
 */
const SECURITY_PARTS_WITH_CHANNELS: Parts = {
  ...SECURITY_PARTS,
  logGroups: [{ prefix: functionLogGroup(NAMES.notifier) }, NAMES.auditLog],
  roles: [{ prefix: NAMES.notifier }],
  topics: [NAMES.topic, NAMES.chatTopic],
};

/** A function's name, ARN, or part of an ARN, each with or without a version. */
function named(functionName: string): readonly unknown[] {
  return [{ prefix: functionName }, { wildcard: `*:function:${functionName}*` }];
}

/**
 * Somebody changed a part of a target account's stack, or a trail. The same pattern serves in the account and
 * on the central bus: names are the same in every account.
 */
export function partsChanged(names: AccountNames): EventPattern {
  const { quarantinePolicy } = NAMES;
  return changesOf(names, [
    ...partsOf(TARGET_PARTS),
    // AttachUserPolicy and DetachUserPolicy name the policy too: those are changes of a user.
    {
      ...from("iam"),
      eventName: [{ suffix: "PolicyVersion" }, "DeletePolicy"],
      requestParameters: { policyArn: [{ suffix: `:policy/${quarantinePolicy}` }] },
    },
    {
      ...from("iam"),
      eventName: ["CreatePolicy"],
      requestParameters: { policyName: [quarantinePolicy] },
    },
  ]);
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
    // Only CloudWatch has a parameter of either name.
    { requestParameters: { dashboardName: [NAMES.dashboard] } },
    { requestParameters: { dashboardNames: [NAMES.dashboard] } },
  ]);
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
function partsOf({ prefix, functions, topics, queue, logGroups, roles }: Parts): EventPattern[] {
  const begins = [{ prefix }];
  return [
    { ...from("events"), requestParameters: { name: begins } },
    // The event source is left out where only one service has the parameter, to keep the pattern short:
    // `rule` of EventBridge, alarm names of CloudWatch, and `subscriptionArn` of SNS.
    { requestParameters: { rule: begins } },
    { ...from("lambda"), requestParameters: { functionName: functions } },
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
    // Every trail, since the rollout does not know the name of the trail on which it depends.
    {
      ...from("cloudtrail"),
      eventName: ["StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"],
    },
  ];
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
  ...["CreateServiceSpecificCredential", "UpdateServiceSpecificCredential"],
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
