/**
 * What the stacks write and the functions read: environment variables, tag keys and their values. Both sides
 * import it, so that a test can compare them; apart from this file, the stacks import only `shared/`.
 */

/** Environment variables of `security-response`. */
export const RESPONDER_ENV = {
  /** `enforce`, `observe` or `off`. */
  mode: "QUARANTINE_MODE",
  /** ARN of the deny-all policy `AutomatedSecurityQuarantine`. */
  policyArn: "QUARANTINE_POLICY_ARN",
  /** ARN of the account's `security-alerts` topic. */
  topicArn: "ALERT_TOPIC_ARN",
  /** 12-digit id of the account the function runs in. */
  accountId: "ACCOUNT_ID",
  /** Name of that account in `rollout.yaml`, which alerts show. */
  accountName: "ACCOUNT_NAME",
  /** Version of this project that the account runs, for example `0.2.0`. */
  version: "QUARANTINE_VERSION",
  /** JSON of {@link TrustSettings}: who may create users. */
  trust: "TRUSTED_CREATIONS",
  /** JSON list of {@link MayUndo}: who may undo a quarantine. */
  mayUndo: "MAY_UNDO",
  /** IAM path of the roles that this project deploys; absent where none is configured, for `/`. */
  rolePath: "ROLE_PATH",
  /** `true` or `false`: set the user's access keys, and credentials of the other kinds, inactive. */
  deactivateAccessKeys: "DEACTIVATE_ACCESS_KEYS",
  /** `true` or `false`: delete the user's console password. */
  deleteLoginProfile: "DELETE_LOGIN_PROFILE",
  /** Where people read docs/runbook.md, an `https` URL; absent where alerts name its sections in words. */
  runbookUrl: "RUNBOOK_URL",
  /**
   * ARN of the topic that starts `security-response-hold`. That function itself does not have the variable.
   */
  holdTopicArn: "HOLD_TOPIC_ARN",
  /**
   * `none`, or what `quarantine pause` has set, `until 2026-12-24T18:00:00Z by alice`: no new user is denied
   * until then. Only the responder acts on it.
   */
  pause: "QUARANTINE_PAUSE",
} as const;

/** Description of the function `security-response`. While it is paused, it has another one. */
export const RESPONDER_DESCRIPTION = "Denies everything to a new IAM user whose creator is not trusted";

/**
 * Beginning of its description while it is paused: CloudTrail records the description and not the
 * environment.
 */
export const PAUSED_DESCRIPTION = "PAUSED until ";

/** Rule of the verdict on a user who would have been quarantined, had the quarantine not been paused. */
export const PAUSED_RULE = "paused";

/** Environment variables of `quarantine-sweep`, in addition to those of {@link RESPONDER_ENV}. */
export const SWEEP_ENV = {
  /** Minutes from one sweep to the next. */
  everyMinutes: "SWEEP_EVERY_MINUTES",
  /** One of {@link UNKNOWN_CREATOR_ACTIONS}. */
  unknownCreator: "UNKNOWN_CREATOR",
} as const;

/** What to do about a new user whose creation is not in CloudTrail. */
export const UNKNOWN_CREATOR_ACTIONS = ["alert", "quarantine"] as const;
export type UnknownCreatorAction = (typeof UNKNOWN_CREATOR_ACTIONS)[number];

/** Environment variables of `attack-simulation`. */
export const SIMULATION_ENV = {
  /** ARN of the deny-all policy, which clean-up has to detach before it can delete a user. */
  policyArn: "QUARANTINE_POLICY_ARN",
} as const;

/** Environment variables of `quarantine-drill`, in addition to those of {@link RESPONDER_ENV}. */
export const DRILL_ENV = {
  /** Hours from one drill to the next. */
  everyHours: "DRILL_EVERY_HOURS",
} as const;

/** Environment variables of `security-notifier`. */
export const NOTIFIER_ENV = {
  /** ARN of the security account's `security-alerts` topic. */
  topicArn: "ALERT_TOPIC_ARN",
  /** Name, with its path if it has one, of the role in every account that deploys the stacks. */
  deploymentRole: "DEPLOYMENT_ROLE",
  /** As of {@link RESPONDER_ENV}. */
  rolePath: "ROLE_PATH",
  /** Name of the log group that keeps every forwarded event. */
  auditLog: "AUDIT_LOG_GROUP",
  /** Name of the CloudWatch dashboard that mails link to. @default - there is none */
  dashboard: "DASHBOARD",
  /** As {@link RESPONDER_ENV.runbookUrl}. */
  runbookUrl: "RUNBOOK_URL",
  /** JSON of {@link ChannelSettings}; the function that sends mail does not have it. */
  channel: "CHANNEL",
} as const;

/** Names of the channels other than mail. */
export const CHANNELS = ["security-hub", "chat", "webhook"] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** The lowest severity that a channel passes on. */
interface Threshold {
  readonly minimumSeverity: (typeof SEVERITIES)[number];
}

export interface SecurityHubSettings extends Threshold {
  readonly channel: "security-hub";
  /** ARN of the product that the security account's own findings have. */
  readonly productArn: string;
}

export interface ChatSettings extends Threshold {
  readonly channel: "chat";
  /** ARN of the topic that Amazon Q Developer in chat applications is subscribed to. */
  readonly topicArn: string;
}

/** How the body of a webhook is written: PagerDuty's Events API v2, Jira's "create issue", or plain JSON. */
export const WEBHOOK_TYPES = ["pagerDuty", "jira", "generic"] as const;

/** One webhook. A rule sends it what the function puts on the bus for it. */
export type WebhookSettings = Threshold & { readonly name: string } & (
    | { readonly type: "pagerDuty" | "generic" }
    /** Key of the project, and name of the type, of the issues. */
    | { readonly type: "jira"; readonly project: string; readonly issueType: string }
  );

export interface WebhookChannelSettings {
  readonly channel: "webhook";
  readonly webhooks: readonly WebhookSettings[];
}

export type ChannelSettings = SecurityHubSettings | ChatSettings | WebhookChannelSettings;

/** Source and detail-type of the events that the webhook channel puts on its account's default bus. */
export const WEBHOOK_SOURCE = "security-notifier";
export const WEBHOOK_DETAIL_TYPE = "Quarantine Webhook";

/** `detail` of such an event. */
export interface WebhookRequest {
  /** Name of the webhook that it is for. */
  readonly webhook: string;
  /** What is posted to it. */
  readonly body: object;
}

/** What the responder does with a user it does not trust. */
export const MODES = ["enforce", "observe", "off"] as const;
export type Mode = (typeof MODES)[number];

/** Keys of the tags the responder writes on a user; its role may write no others. */
export const TAG_KEYS = {
  status: "SecurityStatus",
  reason: "QuarantineReason",
  time: "QuarantineTime",
  eventId: "QuarantineEventId",
  createdBy: "QuarantineCreatedBy",
  sourceIp: "QuarantineSourceIp",
  method: "QuarantineMethod",
  /** ARN of the boundary that ours replaced, encoded; `none` when there was none. */
  formerBoundary: "QuarantineFormerBoundary",
  /** Of a released user: by whom, with whose approval, why and when. */
  releasedBy: "QuarantineReleasedBy",
  approvedBy: "QuarantineApprovedBy",
  releaseReason: "QuarantineReleaseReason",
  /** ISO 8601, UTC. */
  releasedAt: "QuarantineReleasedAt",
  /**
   * ISO 8601, UTC: when the release ends and the user is quarantined again. No tag for a release without end.
   */
  releasedUntil: "QuarantineReleasedUntil",
} as const;

/** Values of the tag `SecurityStatus`. */
export const TAG_STATUS = {
  /** The user is denied everything, by the method that the tag `QuarantineMethod` names. */
  quarantined: "QUARANTINED",
  /** The deny was set but could not be shown to be in place. */
  failed: "QUARANTINE_FAILED",
  /** Set when people release a user: later copies of old events then leave the user alone. */
  released: "RELEASED",
} as const;

/**
 * The deny-all policy document: the managed policy that the stacks deploy, and the inline policy of the
 * second deny method. The responder also compares the deployed policy's default version with it, since an
 * administrator can change that.
 */
export const QUARANTINE_DOCUMENT = {
  Version: "2012-10-17",
  Statement: [{ Sid: "AutomatedSecurityQuarantine", Effect: "Deny", Action: "*", Resource: "*" }],
} as const;

/** Name of the deny-all policy in every target account. */
export const QUARANTINE_POLICY_NAME = "AutomatedSecurityQuarantine";

/** Name of the inline policy that denies everything when no managed policy can be attached. */
export const INLINE_POLICY_NAME = "AutomatedSecurityQuarantine";

/** Name of the responder: of its function, and of the function's role. */
export const RESPONDER_NAME = "security-response";

/** The same for the function that checks a new quarantine again for some seconds. */
export const HOLD_NAME = "security-response-hold";

/** The same for the function that finds what no event reported. */
export const SWEEP_NAME = "quarantine-sweep";

/** The same for the function that tests the response with a user of its own. */
export const DRILL_NAME = "quarantine-drill";

/** Name of the log group that Lambda writes a function's log to. */
export function functionLogGroup(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}

/** IAM path below which `quarantine-drill` creates its users; its role reaches no others. */
export const DRILL_PATH = "/quarantine-drill/";

/**
 * Key of the tag on the drill's own role by which it announces a user before it creates one: the user's name,
 * and whether people get the responder's mail about it. The responder reads it from IAM.
 */
export const DRILL_TAG = "QuarantineDrill";

/** Who gets the responder's mail about an announced drill. */
export const DRILL_AUDIENCES = ["people", "nobody"] as const;
export type DrillAudience = (typeof DRILL_AUDIENCES)[number];

/**
 * Message attribute of the responder's alert about a drill that is for nobody: the filter policy of the
 * account's mail subscriptions leaves out what has it.
 */
export const DRILL_ATTRIBUTE = "drill";

/**
 * IAM calls that can undo a quarantine when they succeed, by the field of CloudTrail's `requestParameters`
 * that shows whether a call concerns a quarantine. The rule of the stacks and the responder both use this
 * table.
 */
export const UNDOING_CALLS = {
  /** On the quarantine policy itself, named by `policyArn`: every quarantine rests on its default version. */
  policy: ["CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion", "DeletePolicy"],
  /** From a user, when `policyArn` is the quarantine policy. */
  policyArn: ["DetachUserPolicy"],
  /** On a user, when `policyName` is {@link INLINE_POLICY_NAME}. */
  policyName: ["DeleteUserPolicy", "PutUserPolicy"],
  /** On a user, when a `key` of `tags` is one of {@link TAG_KEYS}. */
  tags: ["TagUser"],
  /** On a user, when one of `tagKeys` is one of {@link TAG_KEYS}. */
  tagKeys: ["UntagUser"],
  /** On a user, when `status` is `Active`. */
  status: [
    "UpdateAccessKey",
    "UpdateServiceSpecificCredential",
    "UpdateSSHPublicKey",
    "UpdateSigningCertificate",
  ],
  /** On a user, whatever the parameters are. */
  any: [
    "PutUserPermissionsBoundary",
    "DeleteUserPermissionsBoundary",
    "CreateAccessKey",
    "CreateLoginProfile",
    "UpdateLoginProfile",
    "CreateServiceSpecificCredential",
    "ResetServiceSpecificCredential",
    "UploadSSHPublicKey",
    "UploadSigningCertificate",
    "UpdateUser",
  ],
} as const;

/** A role that may undo a quarantine. The role behind a session counts, not the session's name. */
export interface MayUndo {
  /** Exact ARN of the role, with its path. */
  readonly arn: string;
  /**
   * When given, the role may undo the quarantine of users below this IAM path only, for example
   * `/attack-simulation/`, and may not change the quarantine policy.
   */
  readonly path?: string;
}

/** IAM path below which `attack-simulation` creates its users; its role reaches no others. */
export const SIMULATION_PATH = "/attack-simulation/";

/** One creator whose users are left alone. */
export interface TrustedCreator {
  /**
   * Exact ARN, or pattern, of the session issuer (a role) or of the caller. Matched as a whole, field by
   * field: `*` is any run of characters within one field or path segment, `?` one character; neither crosses
   * `:` or `/`.
   */
  readonly arn: string;
  /** AWS service that must have made the call on the creator's behalf, for example `ses.amazonaws.com`. */
  readonly invokedBy?: string;
  /** When given, only users whose path matches one of these patterns are trusted. */
  readonly paths?: readonly string[];
  /** When given, only users whose name matches one of these patterns are trusted. */
  readonly names?: readonly string[];
  /** The last day, in UTC, on which the entry counts, such as `2026-12-31`. @default - it does not end */
  readonly until?: string;
}

/** A user path or name that is left alone for any creator; only with the explicit `anyCreator: true`. */
export interface TrustedUsers {
  readonly anyCreator: true;
  readonly paths?: readonly string[];
  readonly names?: readonly string[];
  /** As of a {@link TrustedCreator}. */
  readonly until?: string;
}

/** Which creations are legitimate, as the responder reads them. A user agent is never a reason for trust. */
export interface TrustSettings {
  readonly creators: readonly TrustedCreator[];
  readonly users: readonly TrustedUsers[];
}

/**
 * How a response ended. Only the alert shows `FAILED`: the function throws then, so that Lambda retries.
 */
export const OUTCOME_STATUSES = [
  "QUARANTINED",
  "OBSERVED",
  "TRUSTED",
  "IGNORED",
  "VANISHED",
  "FAILED",
  /** A quarantine was checked again, and nobody had changed it. */
  "HELD",
  /** Somebody undid a quarantine, and it is back. */
  "RESTORED",
  /** Somebody undid a quarantine so often that it is not restored any more. */
  "ABANDONED",
  /** A role that may undo a quarantine has released the user. */
  "RELEASED",
] as const;
export type OutcomeStatus = (typeof OUTCOME_STATUSES)[number];

/** Name of the failed step that marks an outcome whose quarantine policy was tampered with. */
export const TAMPERED_STEP = "quarantine policy";

/**
 * What a verdict decides: the first three about a creation, `restore` about a call that may have undone a
 * quarantine.
 */
export const VERDICT_ACTIONS = ["quarantine", "observe", "trust", "restore", "ignore"] as const;

/** How severe an outcome is, in ascending order. */
export const SEVERITIES = ["LOW", "MEDIUM", "HIGH", "CRITICAL"] as const;

/** Names of the deny methods, in the order in which they are tried. */
export const METHODS = ["managed-policy", "inline-policy", "permissions-boundary", "none"] as const;

/**
 * What the responder returns. Lambda puts it on the account's default bus as `detail.responsePayload`, from
 * where it is forwarded to the security account, whose notifier reads it.
 */
export interface Outcome {
  readonly schemaVersion: "1";
  readonly status: OutcomeStatus;
  /** One or two sentences for people: what happened to whom. No quotes, line breaks or control characters. */
  readonly summary: string;
  readonly verdict: {
    readonly action: (typeof VERDICT_ACTIONS)[number];
    readonly rule: string;
    readonly reason: string;
  };
  readonly accountId: string;
  readonly accountName: string;
  /** Version of this project that answered, for example `0.2.0`. */
  readonly version: string;
  readonly userName: string;
  readonly userArn: string;
  /** IAM's unique id, which stays when the user is renamed; absent where it is not known. */
  readonly userId?: string;
  readonly createdBy: string;
  readonly sourceIp: string;
  readonly userAgent: string;
  /** Who undid the quarantine, or released the user; absent when nobody did, or when it is not known. */
  readonly actor?: string;
  /** The sweep found it; absent when an event reported it. */
  readonly foundBy?: "sweep";
  /**
   * Who gets the mail about this user, which the account's drill announced and created; absent for every
   * other user.
   */
  readonly drill?: DrillAudience;
  readonly eventId: string;
  /** ISO 8601, UTC. */
  readonly eventTime: string;
  /** ISO 8601, UTC; empty when the user was not contained. */
  readonly containedAt: string;
  /** From the time of the event to containment; CloudTrail's clock has a resolution of one second. */
  readonly secondsToContain: number | null;
  /** `managed-policy`, `inline-policy`, `permissions-boundary`, or `none`. */
  readonly method: string;
  readonly severity: (typeof SEVERITIES)[number];
  readonly alerted: boolean;
  /**
   * Another delivery of the same event sends the alert: its claim is in the tag `QuarantineEventId`.
   */
  readonly answeredElsewhere: boolean;
  readonly done: readonly string[];
  readonly failed: readonly { readonly step: string; readonly error: string }[];
  /**
   * What the mode `enforce` would have done about a user that was only observed, one step per line; absent
   * otherwise.
   */
  readonly wouldDo?: readonly string[];
  /** What the user still has, such as keys, a console password or SSH keys, one kind per line. */
  readonly open: readonly string[];
}

/** How a drill ended: the response denied its user in time, or it did not. */
export const DRILL_STATUSES = ["PASSED", "FAILED", "SKIPPED"] as const;

/**
 * What `quarantine-drill` returns, whether the response worked or not; it is forwarded like an {@link
 * Outcome}. Seconds count from IAM's answer to CreateUser, by the drill's own clock.
 */
export interface DrillOutcome {
  readonly schemaVersion: "1";
  readonly kind: "drill";
  readonly status: (typeof DRILL_STATUSES)[number];
  /** One or two sentences for people. No quotes, line breaks or control characters. */
  readonly summary: string;
  readonly accountId: string;
  readonly accountName: string;
  /** Version of this project that ran it. */
  readonly version: string;
  /** Name of the user, which holds the nonce; empty when none was created. */
  readonly userName: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Until IAM showed the deny on the user; null when it did not. */
  readonly secondsToContained: number | null;
  /** Until a call with the user's key was refused for the quarantine; null when none was. */
  readonly secondsToDenied: number | null;
  /** Whether people are mailed about it: it failed, or its audience is `people`. */
  readonly alerted: boolean;
  readonly failed: readonly { readonly step: string; readonly error: string }[];
  /** Users of earlier drills that were found and deleted. */
  readonly leftOvers: readonly string[];
}

/**
 * What the schedule of the security account sends to `security-notifier`, to find the accounts from which no
 * sign of life has come for two periods.
 */
export interface SilentAccountsRequest {
  readonly kind: "silent-accounts";
  /** The sign of life is the report of a sweep; absent when it is a drill that passed. */
  readonly sign?: "sweep";
  /** Hours from one sign of life to the next. */
  readonly everyHours: number;
  /** The accounts of a large organization do not fit into one request: this is number `part` of `parts`. */
  readonly part: number;
  readonly parts: number;
  /**
   * Id and name of each account that should show a sign of life, such as `111122223333 payments`. Empty with
   * `sign`: then each account that has reported before should report again.
   */
  readonly accounts: readonly string[];
}

/** Prefix of the names of the rules in the security account that send it, ten minutes past each hour. */
export const SILENCE_RULES = "security-events-silent-accounts";

/** Source of the events that `quarantine-sweep` puts on its account's default bus itself. */
export const SWEEP_SOURCE = SWEEP_NAME;

/** Their detail-type: the only one that the sweep's role may put. */
export const HEALTH_DETAIL_TYPE = "Quarantine Health";

/** Hours from one health report of a sweep to the next, when nothing changes. */
export const REPORT_EVERY_HOURS = 24;

/** How Lambda treats an asynchronous event that fails, for every function of a target account. */
export const FAILED_EVENTS = {
  retries: 2,
  /**
   * Seconds that an event waits for a throttled function before it goes to the dead letters: the longest that
   * Lambda offers, so that a burst under a small concurrency outlasts an hour of throttling.
   */
  ageSeconds: 6 * 60 * 60,
} as const;

/** A rule, as the stack deployed it. */
export interface ExpectedRule {
  readonly name: string;
  readonly state: "ENABLED" | "DISABLED";
  /** Fingerprint of its event pattern. */
  readonly pattern: string;
  /** Where it sends: a function by its name, a bus by its ARN. */
  readonly targets: readonly string[];
}

/** A function, as the stack deployed it. Its expected variables are those of the sweep. */
export interface ExpectedFunction {
  readonly name: string;
  /** Base64 SHA-256 of the package, as Lambda reports it. */
  readonly code: string;
  readonly timeout: number;
  readonly memory: number;
  /** Absent for the account's shared pool. */
  readonly concurrency?: number;
  /** ARN of the topic that starts `security-response-hold`; absent for that function itself. */
  readonly holdTopic?: string;
}

/**
 * The parts of a target account as its stack deployed them. The stack writes them into the input of the rule
 * that starts the sweep: `{ "expected": ExpectedParts }`. Parts have the same names in every account.
 */
export interface ExpectedParts {
  readonly rules: readonly ExpectedRule[];
  readonly functions: readonly ExpectedFunction[];
  /** Name of the role with which rules put events on the central bus. */
  readonly forwardingRole: string;
  readonly queue: { readonly name: string; /** Fingerprint. */ readonly policy: string };
  /** The topic `security-alerts`, and how many mail addresses the stack subscribed to it. */
  readonly topic: { readonly name: string; readonly emails: number };
}

/** What a health check can find. */
export const FINDING_KINDS = [
  /** A rule is missing or disabled, or has another event pattern. */
  "rule",
  /** A target of a rule is missing, or was added. */
  "target",
  /** The code is not what was deployed. */
  "function-code",
  /** A setting or a variable differs. */
  "function-configuration",
  /** The responder is paused. */
  "pause",
  "function-concurrency",
  /** Retries, or where outcomes and failed events go. */
  "function-destinations",
  /** There are events in the dead-letter queue. */
  "dead-letters",
  /** The dead-letter queue is missing, or its policy differs. */
  "queue",
  /** A subscription is missing, or nobody has confirmed it. */
  "subscription",
  /** No trail logs the write events of IAM in this Region. */
  "trail",
  /** The default version of the quarantine policy does not deny everything. */
  "quarantine-policy",
  /** An alert was withheld because of a tag that can be forged: see `Outcome.answeredElsewhere`. */
  "withheld-alerts",
  /** The rule that starts the sweep does not send {@link ExpectedParts}. */
  "expectations",
  /** A part could not be read. */
  "unreadable",
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** A part of the account that is not as it should be. Text is fit for one line. */
export interface HealthFinding {
  readonly kind: FindingKind;
  /** The part, for example `rule security-response-create-user`. */
  readonly place: string;
  readonly expected: string;
  readonly found: string;
  readonly severity: (typeof SEVERITIES)[number];
  /** ISO 8601, UTC: when a health check found it first. */
  readonly since: string;
}

/** Whether a health check found something. */
export const HEALTH_STATUSES = ["UNHEALTHY", "HEALTHY"] as const;

/**
 * What `quarantine-sweep` reports about the account's parts, when that has changed and once a day: the
 * `detail` of an event with {@link SWEEP_SOURCE} and {@link HEALTH_DETAIL_TYPE}, forwarded like an {@link
 * Outcome}.
 */
export interface HealthOutcome {
  readonly schemaVersion: "1";
  readonly kind: "health";
  readonly status: (typeof HEALTH_STATUSES)[number];
  /** One or two sentences for people. No quotes, line breaks or control characters. */
  readonly summary: string;
  readonly accountId: string;
  readonly accountName: string;
  /** Version of this project that made the check. */
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly lookedAt: string;
  /**
   * Whether people are mailed: something is found, or has changed. Otherwise it only shows that the sweep
   * runs.
   */
  readonly alerted: boolean;
  /** That of the worst finding; `LOW` without one. */
  readonly severity: (typeof SEVERITIES)[number];
  readonly findings: readonly HealthFinding[];
}
