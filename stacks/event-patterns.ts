import { ALARM_PREFIX, NAMES, type AccountNames } from "./names";

/** An EventBridge event pattern as plain data; the stacks, the tests and the lab use the same object. */
export interface EventPattern {
  readonly [key: string]: EventPattern | readonly unknown[];
}

/**
 * A user was created in IAM. A refused call carries an `errorCode`; a few producers write it as null for success.
 * The documentation for China disagrees on the detail-type, so both are matched there.
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

/** The responder of this account ended a response: Lambda's on-success destination puts this on the default bus. */
export function responseEnded(names: AccountNames): EventPattern {
  return {
    source: ["lambda"],
    "detail-type": [{ prefix: "Lambda Function Invocation Result" }],
    detail: {
      requestContext: { functionArn: [{ prefix: `${names.functionArn(NAMES.responder)}:` }] },
    },
  };
}

/** An alarm of this account's rollout went off. */
export function alarmRaised(names: AccountNames): EventPattern {
  return {
    source: ["aws.cloudwatch"],
    "detail-type": ["CloudWatch Alarm State Change"],
    resources: [{ prefix: names.alarmArn(ALARM_PREFIX) }],
    detail: { state: { value: ["ALARM"] } },
  };
}

/** Everything that target accounts forward to the central bus. */
export const FORWARDED: EventPattern = { source: ["aws.iam", "lambda", "aws.cloudwatch"] };

/** An outcome that people should read: what a trusted or ignored creation leaves stays in the audit log. */
export const OUTCOME_TO_ANNOUNCE: EventPattern = {
  source: ["lambda"],
  detail: { responsePayload: { alerted: [true] } },
};

/** An alarm that a target account forwarded. */
export const FORWARDED_ALARM: EventPattern = { source: ["aws.cloudwatch"] };
