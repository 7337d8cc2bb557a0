/** The root user of an account. */
export interface RootPrincipal {
  readonly type: "Root";
  readonly accountId: string;
  readonly arn: string;
  readonly principalId: string;
  readonly accessKeyId: string;
}

/** An IAM user calling with a long-term access key. */
export interface UserPrincipal {
  readonly type: "IAMUser";
  readonly accountId: string;
  readonly arn: string;
  readonly principalId: string;
  readonly accessKeyId: string;
  readonly userName: string;
}

/** A session of a role. */
export interface RolePrincipal {
  readonly type: "AssumedRole";
  readonly accountId: string;
  /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` */
  readonly arn: string;
  /** `ROLE_ID:SESSION` */
  readonly principalId: string;
  readonly accessKeyId: string;
  readonly roleArn: string;
  readonly roleName: string;
  readonly roleId: string;
  readonly sessionName: string;
  readonly createdAt: Date;
  /** Tags given when the session was started. */
  readonly sessionTags?: Readonly<Record<string, string>>;
  /** Policy document given when the session was started; it limits the permissions of the role. */
  readonly sessionPolicy?: unknown;
  /** Who started the session, or the first of a chain of sessions. It never changes after that. */
  readonly sourceIdentity?: string;
  /** The Lambda function in which the session is used: the condition key `lambda:SourceFunctionArn`. */
  readonly sourceFunctionArn?: string | undefined;
}

/** An AWS service that calls itself, for example EventBridge when it delivers to a topic. */
export interface ServicePrincipal {
  readonly type: "AWSService";
  /** Account on whose behalf the service acts. */
  readonly accountId: string;
  /** For example `events.amazonaws.com`. */
  readonly service: string;
  /** What the service acts for, for example the ARN of a rule: the condition key `aws:SourceArn`. */
  readonly sourceArn: string;
}

export type Principal = RootPrincipal | UserPrincipal | RolePrincipal | ServicePrincipal;

/** The caller's name in policies and messages: an ARN, or the name of a service. */
export function callerName(principal: Principal): string {
  return principal.type === "AWSService" ? principal.service : principal.arn;
}
