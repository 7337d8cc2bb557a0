import { INLINE_POLICY_NAME, TAG_KEYS, UNDOING_CALLS } from "../functions/contract";
import { ALARM_PREFIX, FAILED_ALARM_FORWARDING, NAMES, type AccountNames } from "./names";

/** Beginning of each of {@link TAG_KEYS} but the status. */
const TAG_KEY_PREFIX = "Quarantine";

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
 * would start it again: `anything-but` needs the field to be there, and callers that are no session of a role
 * have none. Names ignore case: no page says where IAM tells it apart. All of our tag keys but the status
 * begin with `Quarantine`, which keeps the pattern below the 2,048 characters that EventBridge takes.
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
            { "anything-but": [NAMES.responder, NAMES.hold].map((name) => names.roleArn(name)) },
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

/**
 * A call of IAM that succeeded. A refused one carries an `errorCode`; a few producers write it as null for
 * success. The documentation for China disagrees on the detail-type, so both are matched there.
 */
function iamCall(names: AccountNames, detail: EventPattern): EventPattern {
  const china = names.partition === "aws-cn" ? ["Amazon API Call via CloudTrail"] : [];
  return {
    source: ["aws.iam"],
    "detail-type": ["AWS API Call via CloudTrail", ...china],
    detail: {
      eventSource: ["iam.amazonaws.com"],
      ...detail,
      errorCode: [{ exists: false }, null],
    },
  };
}

/**
 * The responder of this account ended a response: Lambda's on-success destination puts this on the default
 * bus.
 */
export function responseEnded(names: AccountNames): EventPattern {
  return {
    source: ["lambda"],
    "detail-type": [{ prefix: LAMBDA_RESULT }],
    detail: {
      requestContext: {
        functionArn: [NAMES.responder, NAMES.hold].map((name) => ({ prefix: `${names.functionArn(name)}:` })),
      },
    },
  };
}

/**
 * An alarm of this account's rollout fired. The one that says that alarms cannot be forwarded is left out:
 * forwarding it would set it off again and again.
 */
export function alarmRaised(names: AccountNames): EventPattern {
  return {
    source: ["aws.cloudwatch"],
    "detail-type": ["CloudWatch Alarm State Change"],
    resources: [{ prefix: names.alarmArn(ALARM_PREFIX) }],
    detail: {
      alarmName: [{ "anything-but": [`${ALARM_PREFIX}${FAILED_ALARM_FORWARDING}`] }],
      state: { value: ["ALARM"] },
    },
  };
}

/** Everything that target accounts forward to the central bus. */
export const FORWARDED: EventPattern = { source: ["aws.iam", "lambda", "aws.cloudwatch"] };

/** An outcome that people should read: what a trusted or ignored creation leaves stays in the audit log. */
export const OUTCOME_TO_ANNOUNCE: EventPattern = {
  source: ["lambda"],
  "detail-type": [{ prefix: LAMBDA_RESULT }],
  detail: { responsePayload: { alerted: [true] } },
};

/** An alarm that a target account forwarded. */
export const FORWARDED_ALARM: EventPattern = {
  source: ["aws.cloudwatch"],
  detail: { state: { value: ["ALARM"] } },
};
