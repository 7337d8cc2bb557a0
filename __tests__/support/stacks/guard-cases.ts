const ACCOUNT = "444455556666";
const SECURITY = "111122223333";

const iam = (resource: string, account = ACCOUNT) => `arn:aws:iam::${account}:${resource}`;
const at = (service: string, resource: string, account = ACCOUNT, region = "us-east-1") =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

/** Who calls in the cases, by the ARN that `aws:PrincipalArn` shows. IAM allows everything to all of them. */
export const CALLERS = {
  "an administrator": iam("role/Administrator"),
  "the administrator of the security account": iam("role/Administrator", SECURITY),
  "the account's root": iam("root"),
  "the user itself": iam("user/mallory"),
  "the deployment role": iam("role/OrganizationAccountAccessRole"),
  "the break-glass role": iam("role/security/QuarantineBreakGlass"),
  "an exempt role": iam("role/AWSControlTowerExecution"),
  "a role with the break-glass role's name in another path": iam("role/QuarantineBreakGlass"),
  "a role whose name begins like the break-glass role's": iam("role/security/QuarantineBreakGlassX"),
  "a user with the break-glass role's name": iam("user/security/QuarantineBreakGlass"),
  "the responder": iam("role/security-response"),
  "the forwarding role": iam("role/security-response-forwarding"),
  "the sweep": iam("role/quarantine-sweep"),
  "the simulation": iam("role/attack-simulation"),
  "the drill": iam("role/quarantine-drill"),
  "a scanner": iam("role/SecurityAudit"),
} as const;

export type Caller = keyof typeof CALLERS;

/** One request in an account under the guard. */
export interface GuardCase {
  readonly who: Caller;
  readonly does: string;
  readonly on: string;
  /** Condition keys that IAM would set, beside those of the caller. */
  readonly context?: Readonly<Record<string, string | string[]>>;
  /** The statement that refuses it; undefined for what must stay allowed. */
  readonly refusedBy?: string;
}

type Context = NonNullable<GuardCase["context"]>;

const QUARANTINE = iam("policy/AutomatedSecurityQuarantine");
const OTHER_POLICY = iam("policy/Developers");
const USER = iam("user/mallory");
const SIMULATED = iam("user/attack-simulation/run/attack-simulation-run-1");
const DRILLED = iam("user/quarantine-drill/drill-1a2b3c4d");
const DRILL_ROLE = iam("role/quarantine-drill");
const DRILL = at("lambda", "function:quarantine-drill");
const tagged = (status: string): Context => ({ "aws:ResourceTag/SecurityStatus": status });
const QUARANTINED = tagged("QUARANTINED");
const ours: Context = { "iam:PolicyARN": QUARANTINE };
const bounded: Context = { "iam:PermissionsBoundary": QUARANTINE };
const keys = (...names: string[]): Context => ({ "aws:TagKeys": names });

const RESPONDER = at("lambda", "function:security-response");
const RULE = at("events", "rule/security-response-create-user");
const BUS = at("events", "event-bus/security-events", SECURITY);
const TOPIC = at("sns", "security-alerts");
const CHAT_TOPIC = at("sns", "security-alerts-chat", SECURITY);
const WEBHOOK = at("events", "api-destination/security-events-webhook-page/1234abcd", SECURITY);
const KEY = at("kms", "key/1234abcd-12ab-34cd-56ef-1234567890ab", SECURITY);
const aliased: Context = { "kms:ResourceAliases": ["alias/security-alerts"] };
const FUNCTION_LOG = at("logs", "log-group:/aws/lambda/security-response");
const SWEEP_LOG = at("logs", "log-group:/aws/lambda/quarantine-sweep");

const FOREIGN_INVITATION =
  "arn:aws:organizations::999999999999:handshake/o-exampleorgid/invite/h-examplehandshakeid";
const BOUNDARY = iam("policy/security/Boundary");

const refused = (refusedBy: string, who: Caller, does: string, on: string, context?: Context): GuardCase => ({
  who,
  does,
  on,
  refusedBy,
  ...(context && { context }),
});
const allowed = (who: Caller, does: string, on: string, context?: Context): GuardCase => ({
  who,
  does,
  on,
  ...(context && { context }),
});
const admin = "an administrator";
const breakGlass = "the break-glass role";
const responder = "the responder";

/** Statement by statement: what it refuses, whom it does not bind, which neighbours it leaves alone. */
export const GUARD_CASES: readonly GuardCase[] = [
  refused("KeepDeny", admin, "iam:DetachUserPolicy", USER, ours),
  refused("KeepDeny", "the user itself", "iam:DetachUserPolicy", USER, ours),
  refused("KeepDeny", "the account's root", "iam:DetachUserPolicy", USER, ours),
  refused("KeepDeny", responder, "iam:DetachUserPolicy", USER, ours),
  refused(
    "KeepDeny",
    "a role with the break-glass role's name in another path",
    "iam:DetachUserPolicy",
    USER,
    ours,
  ),
  refused(
    "KeepDeny",
    "a role whose name begins like the break-glass role's",
    "iam:DetachUserPolicy",
    USER,
    ours,
  ),
  refused("KeepDeny", "a user with the break-glass role's name", "iam:DetachUserPolicy", USER, ours),
  allowed(breakGlass, "iam:DetachUserPolicy", USER, { ...ours, ...QUARANTINED }),
  allowed("the deployment role", "iam:DetachUserPolicy", USER, ours),
  allowed("an exempt role", "iam:DetachUserPolicy", USER, ours),
  allowed("the simulation", "iam:DetachUserPolicy", SIMULATED, { ...ours, ...QUARANTINED }),
  allowed(admin, "iam:DetachUserPolicy", USER, { "iam:PolicyARN": OTHER_POLICY }),
  allowed(admin, "iam:AttachUserPolicy", USER, ours),
  allowed(responder, "iam:AttachUserPolicy", USER, { ...ours, ...QUARANTINED }),

  refused("KeepBoundary", admin, "iam:DeleteUserPermissionsBoundary", USER, bounded),
  refused("KeepBoundary", "the user itself", "iam:DeleteUserPermissionsBoundary", USER, bounded),
  allowed(breakGlass, "iam:DeleteUserPermissionsBoundary", USER, bounded),
  allowed("the simulation", "iam:DeleteUserPermissionsBoundary", SIMULATED, bounded),
  allowed(admin, "iam:DeleteUserPermissionsBoundary", USER, { "iam:PermissionsBoundary": OTHER_POLICY }),
  allowed(admin, "iam:PutUserPermissionsBoundary", USER, { "iam:PermissionsBoundary": OTHER_POLICY }),

  refused("KeepPolicy", admin, "iam:CreatePolicyVersion", QUARANTINE),
  refused("KeepPolicy", admin, "iam:SetDefaultPolicyVersion", QUARANTINE),
  refused("KeepPolicy", admin, "iam:DeletePolicyVersion", QUARANTINE),
  refused("KeepPolicy", "the user itself", "iam:DeletePolicy", QUARANTINE),
  refused("KeepPolicy", admin, "iam:CreatePolicy", QUARANTINE),
  allowed(responder, "iam:SetDefaultPolicyVersion", QUARANTINE),
  // It bounds our roles: a version that allows nothing disarms them all.
  refused("KeepPolicy", admin, "iam:CreatePolicyVersion", BOUNDARY),
  refused("KeepPolicy", admin, "iam:SetDefaultPolicyVersion", BOUNDARY),
  allowed("an exempt role", "iam:CreatePolicyVersion", BOUNDARY),
  allowed(admin, "iam:CreatePolicyVersion", iam("policy/Boundary")),
  allowed("the deployment role", "iam:CreatePolicyVersion", QUARANTINE),
  allowed(admin, "iam:CreatePolicyVersion", OTHER_POLICY),
  allowed(admin, "iam:DeletePolicy", iam("policy/AutomatedSecurityQuarantineX")),
  allowed("a scanner", "iam:GetPolicyVersion", QUARANTINE),

  refused("KeepUsers", admin, "iam:DeleteUserPolicy", USER, QUARANTINED),
  refused("KeepUsers", admin, "iam:PutUserPolicy", USER, QUARANTINED),
  refused("KeepUsers", admin, "iam:PutUserPermissionsBoundary", USER, {
    ...QUARANTINED,
    "iam:PermissionsBoundary": OTHER_POLICY,
  }),
  refused("KeepUsers", admin, "iam:UpdateUser", USER, QUARANTINED),
  refused("KeepUsers", admin, "iam:CreateAccessKey", USER, QUARANTINED),
  refused("KeepUsers", admin, "iam:UpdateAccessKey", USER, QUARANTINED),
  refused("KeepUsers", admin, "iam:CreateLoginProfile", USER, QUARANTINED),
  refused("KeepUsers", admin, "iam:UpdateLoginProfile", USER, QUARANTINED),
  refused("KeepUsers", admin, "iam:CreateServiceSpecificCredential", USER, QUARANTINED),
  refused("KeepUsers", admin, "iam:ResetServiceSpecificCredential", USER, QUARANTINED),
  refused("KeepUsers", admin, "iam:UploadSSHPublicKey", USER, QUARANTINED),
  refused("KeepUsers", admin, "iam:UpdateSigningCertificate", USER, QUARANTINED),
  refused("KeepUsers", admin, "iam:EnableMFADevice", USER, QUARANTINED),
  refused("KeepUsers", admin, "iam:DeactivateMFADevice", USER, QUARANTINED),
  refused("KeepUsers", admin, "iam:ResyncMFADevice", USER, QUARANTINED),
  refused("KeepUsers", "the user itself", "iam:ChangePassword", USER, QUARANTINED),
  refused("KeepUsers", admin, "iam:DeleteUser", USER, tagged("QUARANTINE_FAILED")),
  refused("KeepUsers", "the account's root", "iam:AttachUserPolicy", USER, QUARANTINED),
  allowed(responder, "iam:PutUserPolicy", USER, QUARANTINED),
  allowed(responder, "iam:UpdateAccessKey", USER, QUARANTINED),
  allowed(breakGlass, "iam:UpdateAccessKey", USER, QUARANTINED),
  allowed("the simulation", "iam:DeleteUser", SIMULATED, QUARANTINED),
  allowed(admin, "iam:CreateAccessKey", USER),
  allowed(admin, "iam:UpdateUser", USER, tagged("RELEASED")),
  allowed(admin, "iam:DeleteUser", iam("user/alice")),
  allowed(admin, "iam:TagUser", USER, { ...QUARANTINED, ...keys("Incident") }),
  allowed("a scanner", "iam:GetUser", USER, QUARANTINED),
  allowed("a scanner", "iam:ListAccessKeys", USER, QUARANTINED),
  // IAM sees the group, not the user: no group lifts the deny.
  allowed(admin, "iam:AddUserToGroup", iam("group/Developers"), QUARANTINED),
  allowed(admin, "iam:DeleteRole", iam("role/Developer"), QUARANTINED),

  refused("KeepTags", admin, "iam:TagUser", USER, keys("SecurityStatus")),
  refused("KeepTags", admin, "iam:TagUser", USER, keys("Owner", "securitystatus")),
  refused("KeepTags", admin, "iam:UntagUser", USER, keys("QUARANTINEMETHOD")),
  refused("KeepTags", "the user itself", "iam:UntagUser", USER, keys("SecurityStatus")),
  refused("KeepTags", admin, "iam:CreateUser", USER, keys("SecurityStatus")),
  allowed(responder, "iam:TagUser", USER, keys("SecurityStatus", "QuarantineTime")),
  allowed(breakGlass, "iam:TagUser", USER, keys("SecurityStatus")),
  allowed(admin, "iam:TagUser", USER, keys("Owner", "SecurityContact")),
  allowed(admin, "iam:CreateUser", USER, keys("Owner")),
  allowed(admin, "iam:CreateUser", USER),
  allowed(admin, "iam:TagRole", iam("role/Developer"), keys("SecurityStatus")),

  refused("SecondWall", "the user itself", "s3:GetObject", "arn:aws:s3:::bucket/key", {
    "aws:PrincipalTag/SecurityStatus": "QUARANTINED",
  }),
  refused("SecondWall", "the user itself", "sts:AssumeRole", iam("role/Developer"), {
    "aws:PrincipalTag/SecurityStatus": "QUARANTINE_FAILED",
  }),
  allowed("the user itself", "s3:GetObject", "arn:aws:s3:::bucket/key", {
    "aws:PrincipalTag/SecurityStatus": "RELEASED",
  }),
  // Whoever tags a role, or passes session tags, must not lock others out.
  allowed(admin, "s3:GetObject", "arn:aws:s3:::bucket/key", {
    "aws:PrincipalTag/SecurityStatus": "QUARANTINED",
  }),

  refused("KeepRoles", admin, "iam:UpdateAssumeRolePolicy", iam("role/security/QuarantineBreakGlass")),
  refused("KeepRoles", admin, "iam:CreateRole", iam("role/security/QuarantineBreakGlass")),
  refused("KeepRoles", admin, "iam:PassRole", iam("role/OrganizationAccountAccessRole")),
  refused("KeepRoles", admin, "iam:DeleteRole", iam("role/AWSControlTowerExecution")),
  refused("KeepRoles", admin, "iam:PutRolePolicy", iam("role/security-response")),
  refused("KeepRoles", admin, "iam:PutRolePolicy", iam("role/security-notifier-chat", SECURITY)),
  refused("KeepRoles", admin, "iam:PassRole", iam("role/security-notifier-webhook-delivery", SECURITY)),
  refused("KeepRoles", admin, "iam:AttachRolePolicy", iam("role/security-response")),
  refused("KeepRoles", admin, "iam:PutRolePermissionsBoundary", iam("role/security-response-forwarding")),
  refused("KeepRoles", admin, "iam:DetachRolePolicy", iam("role/security-notifier")),
  refused("KeepRoles", admin, "iam:UpdateRole", iam("role/attack-simulation")),
  refused("KeepRoles", "the account's root", "iam:TagRole", iam("role/security/QuarantineBreakGlass")),
  refused("KeepRoles", responder, "iam:PutRolePolicy", iam("role/security-response")),
  allowed("the deployment role", "iam:PutRolePolicy", iam("role/security-response")),
  allowed("the deployment role", "iam:PassRole", iam("role/security-response")),
  allowed("a scanner", "iam:GetRole", iam("role/security/QuarantineBreakGlass")),
  allowed("a scanner", "iam:GetRolePolicy", iam("role/security-response")),
  allowed("a scanner", "iam:ListRolePolicies", iam("role/security-response")),
  allowed(admin, "iam:CreateRole", iam("role/QuarantineBreakGlass")),
  allowed(admin, "iam:CreateRole", iam("role/security-team")),
  allowed(admin, "iam:PassRole", iam("role/security-tooling")),
  allowed(admin, "sts:AssumeRole", iam("role/security/QuarantineBreakGlass")),

  refused("KeepParts", admin, "lambda:PutFunctionConcurrency", RESPONDER),
  refused("KeepParts", admin, "lambda:UpdateFunctionConfiguration", RESPONDER),
  // A pause.
  allowed(breakGlass, "lambda:UpdateFunctionConfiguration", RESPONDER),
  refused("KeepParts", admin, "lambda:UpdateFunctionCode", at("lambda", "function:attack-simulation")),
  refused("KeepParts", admin, "lambda:DeleteFunction", RESPONDER),
  refused("KeepParts", admin, "lambda:PutFunctionEventInvokeConfig", RESPONDER),
  refused("KeepParts", admin, "lambda:RemovePermission", RESPONDER),
  refused("KeepParts", admin, "lambda:AddPermission", at("lambda", "function:security-notifier")),
  allowed("the deployment role", "lambda:UpdateFunctionCode", RESPONDER),
  allowed("a scanner", "lambda:GetFunctionConfiguration", RESPONDER),
  allowed(admin, "lambda:DeleteFunction", at("lambda", "function:security-scanner")),
  allowed(
    admin,
    "lambda:UpdateFunctionCode",
    at("lambda", "function:security-response", ACCOUNT, "eu-west-1"),
  ),

  refused("KeepInvocations", admin, "lambda:InvokeFunction", RESPONDER),
  refused("KeepInvocations", "the user itself", "lambda:InvokeFunction", `${RESPONDER}:$LATEST`),
  allowed(breakGlass, "lambda:InvokeFunction", RESPONDER),
  allowed(admin, "lambda:InvokeFunction", at("lambda", "function:attack-simulation")),
  allowed(admin, "lambda:InvokeFunction", at("lambda", "function:billing")),

  refused("KeepMappings", admin, "lambda:CreateEventSourceMapping", "*", { "lambda:FunctionArn": RESPONDER }),
  refused(
    "KeepMappings",
    admin,
    "lambda:UpdateEventSourceMapping",
    at("lambda", "event-source-mapping:a1b2c3d4-1234-1234-1234-123456789012"),
    { "lambda:FunctionArn": at("lambda", "function:security-notifier") },
  ),
  allowed("the deployment role", "lambda:CreateEventSourceMapping", "*", { "lambda:FunctionArn": RESPONDER }),
  allowed(admin, "lambda:CreateEventSourceMapping", "*", {
    "lambda:FunctionArn": at("lambda", "function:billing"),
  }),

  refused("KeepParts", admin, "events:DisableRule", RULE),
  refused("KeepParts", admin, "events:RemoveTargets", RULE),
  refused("KeepParts", admin, "events:PutTargets", at("events", "rule/security-response-outcomes")),
  refused("KeepParts", admin, "events:PutRule", RULE),
  refused("KeepParts", admin, "events:DeleteRule", at("events", "rule/security-response-alarms")),
  refused(
    "KeepParts",
    "the administrator of the security account",
    "events:DisableRule",
    at("events", "rule/security-events/security-events-audit", SECURITY),
  ),
  refused("KeepParts", "the administrator of the security account", "events:DeleteEventBus", BUS),
  // Its key: every rule rests on this bus.
  refused("KeepParts", admin, "events:UpdateEventBus", at("events", "event-bus/default")),
  allowed("the deployment role", "events:UpdateEventBus", at("events", "event-bus/default")),
  allowed(admin, "events:UpdateEventBus", at("events", "event-bus/orders")),
  allowed(admin, "events:PutEvents", at("events", "event-bus/default")),
  refused(
    "KeepParts",
    "the administrator of the security account",
    "events:DisableRule",
    at("events", "rule/security-events-own-changes", SECURITY),
  ),
  refused(
    "KeepParts",
    "the administrator of the security account",
    "events:DeleteArchive",
    at("events", "archive/security-events", SECURITY),
  ),
  allowed("the deployment role", "events:PutTargets", RULE),
  allowed("a scanner", "events:DescribeRule", RULE),
  allowed(admin, "events:PutRule", at("events", "rule/security-team-logins")),
  allowed(admin, "events:DeleteRule", at("events", "rule/nightly")),
  allowed(
    "the administrator of the security account",
    "events:PutRule",
    at("events", "rule/security-events/siem-export", SECURITY),
  ),

  refused("KeepEvents", admin, "events:PutEvents", BUS),
  refused("KeepEvents", "the administrator of the security account", "events:PutEvents", BUS),
  allowed("the forwarding role", "events:PutEvents", BUS),
  allowed(admin, "events:PutEvents", at("events", "event-bus/default")),
  allowed(responder, "events:PutEvents", at("events", "event-bus/default")),

  refused("KeepBus", "the administrator of the security account", "events:PutPermission", "*"),
  refused("KeepBus", "the administrator of the security account", "events:RemovePermission", "*"),
  allowed(admin, "events:PutPermission", "*"),

  refused("KeepParts", admin, "sns:DeleteTopic", TOPIC),
  refused("KeepParts", admin, "sns:SetTopicAttributes", TOPIC),
  refused("KeepParts", admin, "sns:PutDataProtectionPolicy", TOPIC),
  refused("KeepParts", admin, "sns:SetTopicAttributes", CHAT_TOPIC),
  refused("KeepParts", admin, "events:UpdateApiDestination", WEBHOOK),
  allowed(admin, "events:UpdateApiDestination", at("events", "api-destination/other/1234abcd", SECURITY)),
  refused("KeepParts", admin, "sns:Unsubscribe", TOPIC),
  refused("KeepParts", admin, "sns:SetSubscriptionAttributes", TOPIC),
  refused("KeepParts", admin, "sqs:PurgeQueue", at("sqs", "security-response-dead-letters")),
  refused("KeepParts", admin, "sqs:DeleteMessage", at("sqs", "security-response-dead-letters")),
  refused("KeepParts", admin, "sqs:SetQueueAttributes", at("sqs", "security-events-dead-letters")),
  refused("KeepParts", admin, "logs:DeleteLogGroup", `${FUNCTION_LOG}:*`),
  refused("KeepParts", admin, "logs:PutRetentionPolicy", FUNCTION_LOG),
  refused("KeepParts", admin, "logs:PutSubscriptionFilter", FUNCTION_LOG),
  refused("KeepParts", admin, "logs:DeleteMetricFilter", FUNCTION_LOG),
  refused("KeepParts", admin, "logs:AssociateKmsKey", FUNCTION_LOG),
  refused(
    "KeepParts",
    "the administrator of the security account",
    "logs:DeleteLogStream",
    at("logs", "log-group:/aws/events/security-events:log-stream:x", SECURITY),
  ),
  refused(
    "KeepParts",
    admin,
    "cloudwatch:DisableAlarmActions",
    at("cloudwatch", "alarm:security-response-errors"),
  ),
  refused(
    "KeepParts",
    admin,
    "cloudwatch:PutMetricAlarm",
    at("cloudwatch", "alarm:security-response-errors"),
  ),
  refused("KeepParts", admin, "cloudwatch:SetAlarmState", at("cloudwatch", "alarm:security-events-errors")),
  refused("KeepEvents", admin, "logs:PutLogEvents", `${FUNCTION_LOG}:log-stream:x`),
  refused("KeepEvents", admin, "logs:PutLogEvents", `${SWEEP_LOG}:log-stream:x`),
  refused("KeepParts", admin, "logs:DeleteLogGroup", SWEEP_LOG),
  refused("KeepParts", admin, "logs:PutDataProtectionPolicy", SWEEP_LOG),
  allowed("the sweep", "logs:PutLogEvents", `${SWEEP_LOG}:log-stream:2026/01/01/[$LATEST]0`),
  allowed(admin, "logs:PutLogEvents", at("logs", "log-group:/aws/lambda/billing:log-stream:x")),
  refused("KeepParts", admin, "lambda:UpdateFunctionCode", at("lambda", "function:quarantine-sweep")),
  refused("KeepParts", admin, "events:DisableRule", at("events", "rule/security-response-sweep")),
  refused("KeepRoles", admin, "iam:PassRole", iam("role/quarantine-sweep")),
  allowed("the sweep", "lambda:InvokeFunction", RESPONDER),
  // Whoever invokes it says what it expects.
  refused("KeepInvocations", admin, "lambda:InvokeFunction", at("lambda", "function:quarantine-sweep")),
  refused("KeepParts", "the sweep", "lambda:UpdateFunctionCode", RESPONDER),
  allowed("the deployment role", "sns:SetTopicAttributes", TOPIC),
  allowed(responder, "sns:Publish", TOPIC),
  allowed(responder, "sqs:SendMessage", at("sqs", "security-response-dead-letters")),
  allowed(responder, "logs:PutLogEvents", `${FUNCTION_LOG}:log-stream:2026/01/01/[$LATEST]0`),
  allowed(responder, "logs:CreateLogStream", `${FUNCTION_LOG}:log-stream:2026/01/01/[$LATEST]0`),
  allowed(admin, "sns:Subscribe", TOPIC),
  allowed(admin, "sns:DeleteTopic", at("sns", "security-alerts-legacy")),
  allowed(admin, "sns:CreateTopic", at("sns", "security-news")),
  allowed(admin, "sqs:PurgeQueue", at("sqs", "security-scans")),
  allowed(admin, "sqs:ReceiveMessage", at("sqs", "security-response-dead-letters")),
  allowed(admin, "logs:DeleteLogGroup", at("logs", "log-group:/aws/lambda/billing")),
  allowed(admin, "cloudwatch:DeleteAlarms", at("cloudwatch", "alarm:security-hub-findings")),
  allowed("a scanner", "logs:FilterLogEvents", FUNCTION_LOG),
  allowed("a scanner", "sns:GetTopicAttributes", TOPIC),

  refused("KeepKey", "the administrator of the security account", "kms:ScheduleKeyDeletion", KEY, aliased),
  refused("KeepKey", "the administrator of the security account", "kms:PutKeyPolicy", KEY, aliased),
  refused("KeepKey", "the administrator of the security account", "kms:DisableKey", KEY, aliased),
  allowed("the administrator of the security account", "kms:DescribeKey", KEY, aliased),
  allowed("the administrator of the security account", "kms:ScheduleKeyDeletion", KEY, {
    "kms:ResourceAliases": ["alias/backups"],
  }),
  allowed("the administrator of the security account", "kms:ScheduleKeyDeletion", KEY),

  refused("KeepParts", admin, "cloudtrail:StopLogging", at("cloudtrail", "trail/management-events")),
  refused(
    "KeepParts",
    admin,
    "cloudtrail:PutEventSelectors",
    at("cloudtrail", "trail/management-events", ACCOUNT, "eu-central-1"),
  ),
  allowed("the deployment role", "cloudtrail:UpdateTrail", at("cloudtrail", "trail/management-events")),
  allowed(admin, "cloudtrail:StopLogging", at("cloudtrail", "trail/developers")),
  allowed("a scanner", "cloudtrail:GetTrailStatus", at("cloudtrail", "trail/management-events")),

  refused("ConfineSimulation", "the simulation", "iam:DetachUserPolicy", USER, ours),
  refused("ConfineSimulation", "the simulation", "iam:DeleteUser", USER),
  refused("ConfineSimulation", "the simulation", "iam:CreateUser", USER),
  allowed("the simulation", "iam:CreateUser", SIMULATED),
  allowed("the simulation", "iam:CreateAccessKey", SIMULATED),
  allowed("the simulation", "iam:ListUsers", "*"),

  refused("KeepParts", admin, "lambda:UpdateFunctionCode", DRILL),
  refused("KeepParts", "the drill", "lambda:UpdateFunctionCode", DRILL),
  refused("KeepParts", admin, "events:DisableRule", at("events", "rule/security-response-drill")),
  refused("KeepRoles", admin, "iam:PassRole", DRILL_ROLE),
  refused("KeepRoles", admin, "iam:TagRole", DRILL_ROLE, keys("QuarantineDrill")),
  refused("KeepRoles", admin, "iam:UntagRole", DRILL_ROLE, keys("QuarantineDrill")),
  refused("KeepRoles", admin, "iam:UpdateAssumeRolePolicy", DRILL_ROLE),
  refused("KeepRoles", admin, "iam:PutRolePolicy", DRILL_ROLE),
  refused("KeepRoles", responder, "iam:TagRole", DRILL_ROLE),
  refused("KeepDeny", admin, "iam:DetachUserPolicy", DRILLED, ours),
  refused("KeepUsers", admin, "iam:DeleteUser", DRILLED, QUARANTINED),
  // The drill and the simulation take the deny off users there.
  refused("KeepPaths", admin, "iam:CreateUser", DRILLED),
  refused("KeepPaths", admin, "iam:UpdateUser", DRILLED),
  refused("KeepPaths", breakGlass, "iam:CreateUser", SIMULATED),
  allowed(breakGlass, "iam:DeleteUser", DRILLED, QUARANTINED),
  allowed(admin, "iam:CreateUser", iam("user/team/quarantine-drill/mallory")),
  allowed("the drill", "iam:CreateUser", DRILLED),
  allowed("the drill", "iam:CreateAccessKey", DRILLED),
  allowed("the drill", "iam:DetachUserPolicy", DRILLED, { ...ours, ...QUARANTINED }),
  allowed("the drill", "iam:DeleteUserPolicy", DRILLED, QUARANTINED),
  allowed("the drill", "iam:DeleteUserPermissionsBoundary", DRILLED, { ...bounded, ...QUARANTINED }),
  allowed("the drill", "iam:DeleteAccessKey", DRILLED, QUARANTINED),
  allowed("the drill", "iam:DeleteUser", DRILLED, QUARANTINED),
  allowed("the drill", "iam:TagRole", DRILL_ROLE, keys("QuarantineDrill")),
  allowed("the drill", "iam:ListRoleTags", DRILL_ROLE),
  allowed("the drill", "iam:ListUsers", "*"),
  allowed(responder, "iam:ListRoleTags", DRILL_ROLE),
  // An operator's role runs drills. Who invokes one gains nothing: it leaves users of others alone.
  allowed(admin, "lambda:InvokeFunction", DRILL),
  allowed("the deployment role", "lambda:InvokeFunction", DRILL),
  refused("ConfineDrill", "the drill", "iam:DetachUserPolicy", USER, ours),
  refused("ConfineDrill", "the drill", "iam:DetachUserPolicy", SIMULATED, ours),
  refused("ConfineDrill", "the drill", "iam:DeleteUser", USER, QUARANTINED),
  refused("ConfineDrill", "the drill", "iam:CreateUser", USER),
  refused(
    "ConfineDrill",
    "the drill",
    "iam:UpdateAssumeRolePolicy",
    iam("role/security/QuarantineBreakGlass"),
  ),
  refused("ConfineDrill", "the drill", "iam:PassRole", iam("role/security-response")),
  refused("ConfineDrill", "the drill", "iam:UntagRole", iam("role/security-response")),
  refused("ConfineDrill", "the drill", "iam:TagRole", iam("role/security-response")),
  refused("KeepTags", "the drill", "iam:TagUser", DRILLED, keys("SecurityStatus")),

  refused("Stay", admin, "organizations:LeaveOrganization", "*"),
  refused("Stay", "the account's root", "organizations:LeaveOrganization", "*"),
  // An account goes to another organization by accepting its invitation, without leaving first.
  refused("Stay", admin, "organizations:AcceptHandshake", FOREIGN_INVITATION),
  allowed("a scanner", "organizations:DescribeOrganization", "*"),
];
