import { ALARM_PREFIX, FAILED_ALARM_FORWARDING, NAMES, type AccountNames } from "./names";

/** Beginning of the detail-type of what a Lambda destination puts on a bus. */
const LAMBDA_RESULT = "Lambda Function Invocation Result";

/** An EventBridge event pattern as plain data; the stacks, the tests and the lab use the same object. */
export interface EventPattern {
  readonly [key: string]: EventPattern | readonly unknown[];
}

/**
 * A user was created in IAM. A refused call carries an `errorCode`; a few producers write it as null for
 * success. The documentation for China disagrees on the detail-type, so both are matched there.
 */
export function userCreated(names: AccountNames): EventPattern {
  const china = names.partition === "aws-cn" ? ["Amazon API Call via CloudTrail"] : [];
  return {
    source: ["aws.iam"],
    "detail-type": ["AWS API Call via CloudTrail", ...china],
    detail: {
      eventSource: ["iam.amazonaws.com"],
      eventName: ["CreateUser"],
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
      requestContext: { functionArn: [{ prefix: `${names.functionArn(NAMES.responder)}:` }] },
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

/**
 * Somebody changed the guard, detached it, or turned service control policies off. Organizations records its
 * calls in one Region, that of IAM's events in the commercial partition (Organizations guide, "Logging and
 * monitoring"). A refused call has no parameters, so only what was done matches.
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

/** Everything that target accounts, and the guard's, forward to the central bus. */
export const FORWARDED: EventPattern = {
  source: ["aws.iam", "lambda", "aws.cloudwatch", "aws.organizations"],
};

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
