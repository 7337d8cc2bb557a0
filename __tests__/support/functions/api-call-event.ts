/** What differs between records of CloudTrail in the tests. */
export interface ApiCallFields {
  /** Service as the event source has it, without `.amazonaws.com`. */
  readonly service: string;
  readonly eventName: string;
  readonly requestParameters?: Readonly<Record<string, unknown>> | null;
  readonly errorCode?: string | null;
  readonly errorMessage?: string;
  readonly userIdentity?: unknown;
  readonly eventID?: string;
  readonly eventTime?: string;
  readonly accountId?: string;
}

export const MEMBER = "777788889999";

/** A session of a role, as CloudTrail writes it. */
export function sessionOf(roleArn: string, sessionName = "op"): Record<string, unknown> {
  const [, , , , accountId = ""] = roleArn.split(":");
  const roleName = roleArn.split("/").at(-1) ?? "";
  return {
    type: "AssumedRole",
    principalId: `AROADBQP57FF2AEXAMPLE:${sessionName}`,
    arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
    accountId,
    accessKeyId: "ASIAIOSFODNN7EXAMPLE",
    sessionContext: {
      sessionIssuer: {
        type: "Role",
        principalId: "AROADBQP57FF2AEXAMPLE",
        arn: roleArn,
        accountId,
        userName: roleName,
      },
      attributes: { creationDate: "2026-11-24T17:00:00Z", mfaAuthenticated: "false" },
    },
  };
}

/** An IAM user, as CloudTrail writes it. */
export function userNamed(userName: string, accountId = MEMBER): Record<string, unknown> {
  return {
    type: "IAMUser",
    principalId: "AIDACKCEVSQ6C2EXAMPLE",
    arn: `arn:aws:iam::${accountId}:user/${userName}`,
    accountId,
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    userName,
  };
}

/** An event of EventBridge around the record of one call. */
export function apiCallEvent(fields: ApiCallFields): Record<string, unknown> & {
  readonly detail: Record<string, unknown>;
} {
  const { service, eventName, accountId = MEMBER, errorCode, errorMessage } = fields;
  const eventTime = fields.eventTime ?? "2026-11-24T17:41:20Z";
  return {
    version: "0",
    id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": "AWS API Call via CloudTrail",
    source: `aws.${service}`,
    account: accountId,
    time: eventTime,
    region: "us-east-1",
    resources: [],
    detail: {
      eventVersion: "1.11",
      userIdentity: fields.userIdentity ?? userNamed("mallory"),
      eventTime,
      eventSource: `${service}.amazonaws.com`,
      eventName,
      awsRegion: "us-east-1",
      sourceIPAddress: "192.0.2.7",
      userAgent: "aws-cli/2",
      ...(errorCode !== undefined && { errorCode }),
      ...(errorMessage !== undefined && { errorMessage }),
      requestParameters: fields.requestParameters ?? null,
      responseElements: null,
      requestID: "64ef9c47-6b64-4c0e-8c32-eb9ffaf8a658",
      eventID: fields.eventID ?? "3346344c-5a3e-429e-8405-420f98f75d6e",
      readOnly: false,
      eventType: "AwsApiCall",
      managementEvent: true,
      recipientAccountId: accountId,
      eventCategory: "Management",
    },
  };
}
