import {
  DRILL_NAME,
  HOLD_NAME,
  QUARANTINE_POLICY_NAME,
  RESPONDER_NAME,
  SILENCE_RULES,
  SWEEP_NAME,
} from "../functions/contract";

/** AWS partitions the rollout knows. */
export const PARTITIONS = ["aws", "aws-us-gov", "aws-cn"] as const;
export type Partition = (typeof PARTITIONS)[number];

/**
 * The Region in which IAM's events reach EventBridge, per partition. IAM is global and its events appear in
 * one Region only. Commercial: AWS re:Post "eventbridge-rule-triggers-iam-single-region"; the others by
 * inference.
 */
export const IAM_REGIONS: Readonly<Record<Partition, string>> = {
  aws: "us-east-1",
  "aws-us-gov": "us-gov-west-1",
  "aws-cn": "cn-north-1",
};

/** Names of the resources in AWS. Changing one replaces the resource in every account. */
export const NAMES = {
  quarantinePolicy: QUARANTINE_POLICY_NAME,
  topic: "security-alerts",
  topicKeyAlias: "alias/security-alerts",
  responder: RESPONDER_NAME,
  hold: HOLD_NAME,
  sweep: SWEEP_NAME,
  drill: DRILL_NAME,
  notifier: "security-notifier",
  simulation: "attack-simulation",
  deadLetters: "security-response-dead-letters",
  detectionRule: "security-response-create-user",
  undoneRule: "security-response-undone",
  outcomeRule: "security-response-outcomes",
  alarmRule: "security-response-alarms",
  changeRule: "security-response-changes",
  otherChangeRule: "security-response-other-changes",
  refusalRule: "security-response-refusals",
  sweepRule: "security-response-sweep",
  drillRule: "security-response-drill",
  forwardingRole: "security-response-forwarding",
  bus: "security-events",
  archive: "security-events",
  auditRule: "security-events-audit",
  auditLog: "/aws/events/security-events",
  auditLogPolicy: "security-events-audit",
  outcomeAlertRule: "security-events-outcome-alerts",
  alarmAlertRule: "security-events-alarm-alerts",
  changeAlertRule: "security-events-change-alerts",
  otherChangeAlertRule: "security-events-other-change-alerts",
  guardAlertRule: "security-events-guard-alerts",
  refusalAlertRule: "security-events-refusal-alerts",
  ownChangeRule: "security-events-own-changes",
  ownOtherChangeRule: "security-events-own-other-changes",
  ownRefusalRule: "security-events-own-refusals",
  silenceRules: SILENCE_RULES,
  securityDeadLetters: "security-events-dead-letters",
  dashboard: "security-events",
  ownAlarmRule: "security-events-own-alarms",
  securityHubNotifier: "security-notifier-security-hub",
  chatNotifier: "security-notifier-chat",
  chatTopic: "security-alerts-chat",
  webhookNotifier: "security-notifier-webhook",
  webhookRole: "security-notifier-webhook-delivery",
  /** Prefix of the names of each webhook's rule and API destination. */
  webhooks: "security-events-webhook",
  guardPolicy: "security-response-guard",
  guardRule: "security-response-guard",
} as const;

/** Prefix of each of the responder's tag keys except the status. */
export const TAG_KEY_PREFIX = "Quarantine";

/** Prefix of the name of every alarm in a target account. */
export const ALARM_PREFIX = "security-response-";

/** End of the name of the alarm about alarms that could not be forwarded. */
export const FAILED_ALARM_FORWARDING = "failed-alarm-forwarding";

/** End of the name of the alarm about missing sweeps, which goes off when it has no data. */
export const MISSED_SWEEPS = "missed-sweeps";

/** End of the name of the security account's alarm about silent accounts. */
export const SILENT_ACCOUNTS = "silent-accounts";

/** Prefix of the name of every alarm in the security account. */
export const SECURITY_ALARM_PREFIX = "security-events-";

/** What the organization's policies require of the roles that this project deploys. */
export interface RoleSettings {
  /** Begins and ends with `/`. @default - not set, for which IAM uses `/` */
  readonly rolePath?: string | undefined;
  /** Name of a customer-managed policy with its path, or the ARN of a policy that AWS manages. */
  readonly permissionsBoundary?: string | undefined;
}

/**
 * Builds names and ARNs of one account. Every ARN in the stacks comes from here, from the configuration
 * alone: no stack reads another stack's attributes, so no account needs another account's state.
 */
export class AccountNames {
  readonly region: string;

  /**
   * @param partition AWS partition of the organization.
   * @param accountId 12-digit id of the account that holds the resources; `*` for patterns of any account.
   * @param roles Only for names of roles that this project deploys.
   */
  constructor(
    readonly partition: Partition,
    readonly accountId: string,
    private readonly roles: RoleSettings = {},
  ) {
    this.region = IAM_REGIONS[partition];
  }

  /** Path of the roles that this project deploys; undefined where none is configured. */
  get rolePath(): string | undefined {
    return this.roles.rolePath;
  }

  get quarantinePolicyArn(): string {
    return this.policyArn(NAMES.quarantinePolicy);
  }

  /** @param name Name of the customer managed policy, after its path where it has one. */
  policyArn(name: string): string {
    return this.iam(`policy/${name}`);
  }

  get topicArn(): string {
    return this.topicArnOf(NAMES.topic);
  }

  topicArnOf(name: string): string {
    return this.regional("sns", name);
  }

  get defaultBusArn(): string {
    return this.busArn("default");
  }

  get securityBusArn(): string {
    return this.busArn(NAMES.bus);
  }

  busArn(name: string): string {
    return this.regional("events", `event-bus/${name}`);
  }

  /** ARN of every IAM user of the account, or of those below a path such as `/attack-simulation/`. */
  usersArn(path = "/"): string {
    return this.iam(`user${path}*`);
  }

  /** @param name Name of the role, after its path where it has one: `Deploy`, or `ops/Deploy`. */
  roleArn(name: string): string {
    return this.iam(`role/${name}`);
  }

  /** The arguments of a role that this project deploys, for Terraform. */
  ownRole(name: string): { name: string; path?: string; permissionsBoundary?: string } {
    const { rolePath, permissionsBoundary } = this.roles;
    return {
      name,
      ...(rolePath !== undefined && { path: rolePath }),
      ...(permissionsBoundary !== undefined && {
        permissionsBoundary: permissionsBoundary.startsWith("arn:")
          ? permissionsBoundary
          : this.iam(`policy/${permissionsBoundary}`),
      }),
    };
  }

  /** ARN of a role that this project deploys, by its name without path. */
  ownRoleArn(name: string): string {
    return this.iam(`role${this.rolePath ?? "/"}${name}`);
  }

  /**
   * ARN pattern of such a role, for the conditions of policies that are not deployed together with it. If a
   * path is configured, the pattern matches any path: a new path reaches one account after the other, and
   * until then such a policy has to match the role under both paths. There cannot be a second role of the
   * same name, since names of roles are unique in an account whatever their path (IAM guide, "IAM and AWS STS
   * quotas"). In ArnLike, each part between colons may have wildcards (IAM guide, "ARN condition operators").
   */
  ownRolePattern(name: string): string {
    return this.rolePath === undefined ? this.ownRoleArn(name) : this.iam(`role*/${name}`);
  }

  /**
   * The same for the element Resource, which does not allow a wildcard in the type of a resource (IAM guide,
   * "IAM identifiers", "Paths in ARNs").
   */
  ownRoleResources(name: string): string[] {
    return this.rolePath === undefined
      ? [this.ownRoleArn(name)]
      : [this.iam(`role/${name}`), this.iam(`role/*/${name}`)];
  }

  /** The same names in any account, for patterns. */
  inAnyAccount(): AccountNames {
    return new AccountNames(this.partition, "*", this.roles);
  }

  functionArn(name: string): string {
    return this.regional("lambda", `function:${name}`);
  }

  queueArn(name: string): string {
    return this.regional("sqs", name);
  }

  /** ARN of a log group without the `:*` that most permissions need. */
  logGroupArn(name: string): string {
    return this.regional("logs", `log-group:${name}`);
  }

  alarmArn(name: string): string {
    return this.regional("cloudwatch", `alarm:${name}`);
  }

  /** ARN of a rule; rules of the default bus have no bus in their ARN. */
  ruleArn(name: string, bus?: string): string {
    return this.regional("events", bus === undefined ? `rule/${name}` : `rule/${bus}/${name}`);
  }

  archiveArn(name: string): string {
    return this.regional("events", `archive/${name}`);
  }

  /** ARN of an API destination without the id that EventBridge appends. */
  apiDestinationArn(name: string): string {
    return this.regional("events", `api-destination/${name}`);
  }

  /** @param resource `alias/NAME`, or `key/ID`. */
  kmsArn(resource: string): string {
    return this.regional("kms", resource);
  }

  /** ARN of a dashboard, which has no Region. */
  dashboardArn(name: string): string {
    return `arn:${this.partition}:cloudwatch::${this.accountId}:dashboard/${name}`;
  }

  /** ARN of Security Hub's product for findings of the account's own. */
  get ownProductArn(): string {
    return this.regional("securityhub", `product/${this.accountId}/default`);
  }

  /** ARN of a trail, whatever its home Region. */
  trailArn(name: string): string {
    return `arn:${this.partition}:cloudtrail:*:${this.accountId}:trail/${name}`;
  }

  /** ARN of the account's root: in a key policy, every principal that the account's IAM allows. */
  get rootArn(): string {
    return this.iam("root");
  }

  /** ARN of a policy that AWS manages; its account field reads `aws`. */
  awsManagedPolicyArn(name: string): string {
    return `arn:${this.partition}:iam::aws:policy/${name}`;
  }

  private iam(resource: string): string {
    return `arn:${this.partition}:iam::${this.accountId}:${resource}`;
  }

  private regional(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.accountId}:${resource}`;
  }
}
