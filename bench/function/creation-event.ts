import { userIdOf } from "../aws-stub/answers";

export const ACCOUNT = "111122223333";
const REGION = "us-east-1";

/** The creation of a user, now, as EventBridge delivers CloudTrail's record of it. */
export function creationEvent(userName: string, at = new Date()): object {
  const time = `${at.toISOString().slice(0, 19)}Z`;
  return {
    version: "0",
    id: `event-${userName}`,
    "detail-type": "AWS API Call via CloudTrail",
    source: "aws.iam",
    account: ACCOUNT,
    time,
    region: REGION,
    resources: [],
    detail: {
      eventVersion: "1.11",
      userIdentity: {
        type: "IAMUser",
        arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
        accountId: ACCOUNT,
        userName: "alice",
      },
      eventTime: time,
      eventSource: "iam.amazonaws.com",
      eventName: "CreateUser",
      awsRegion: REGION,
      sourceIPAddress: "198.51.100.7",
      userAgent: "aws-cli/2.17.32",
      requestParameters: { userName },
      responseElements: {
        user: {
          path: "/",
          userName,
          userId: userIdOf(userName),
          arn: `arn:aws:iam::${ACCOUNT}:user/${userName}`,
        },
      },
      eventID: `event-${userName}`,
      eventType: "AwsApiCall",
      recipientAccountId: ACCOUNT,
    },
  };
}

/**
 * The environment of the functions, as Lambda and the account's stack make it. The credentials are AWS's
 * examples.
 */
export function functionEnvironment(endpoint: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: "ASIAIOSFODNN7EXAMPLE",
    AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    AWS_SESSION_TOKEN: "a-session-token",
    AWS_ENDPOINT_URL: endpoint,
    AWS_LAMBDA_FUNCTION_NAME: "security-response",
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x",
    // Lambda's Node.js is new enough for the SDK, the one that runs this may not be.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    QUARANTINE_MODE: "enforce",
    QUARANTINE_POLICY_ARN: `arn:aws:iam::${ACCOUNT}:policy/AutomatedSecurityQuarantine`,
    ALERT_TOPIC_ARN: `arn:aws:sns:${REGION}:${ACCOUNT}:security-alerts`,
    ACCOUNT_ID: ACCOUNT,
    ACCOUNT_NAME: "payments",
    QUARANTINE_VERSION: "1.2.3",
    DEPLOYMENT_ROLE: "OrganizationAccountAccessRole",
    AUDIT_LOG_GROUP: "/aws/events/security-events",
  };
}
