import {
  DRILL_ENV,
  functionLogGroup,
  MODES,
  NOTIFIER_ENV,
  RESPONDER_ENV,
  SEVERITIES,
  SWEEP_ENV,
} from "../../functions/contract";
import { isObject, objectAt, parseObject, stringAt, type JsonObject } from "../../functions/shared/json";
import { NO_PAUSE } from "../../functions/shared/pause";
import { OWN_TAGS } from "../../stacks/config/resource-settings";
import { NAMES, SECURITY_ALARM_PREFIX } from "../../stacks/names";
import type { StackParts } from "./stack-parts";

/** A setting with one value. */
export interface Setting {
  readonly name: string;
  /** Its value in a stack; undefined where the stack has none. */
  readonly read: (parts: StackParts) => string | undefined;
  /** The value for people. @default - as it is */
  readonly show?: (value: string) => string;
  /** Its text when there is no value. @default - "none" */
  readonly absent?: string;
  /** Whether an account is protected less by `after` than by `before`. @default - never */
  readonly isWeaker?: (before: string | undefined, after: string | undefined) => boolean;
  /** It needs no line in a new stack, where it would make every account differ. @default false */
  readonly isDetail?: true;
}

type IsWeaker = NonNullable<Setting["isWeaker"]>;

/** The new value is later in the list (the best is first), or there is none. */
function laterIn(values: readonly string[]): IsWeaker {
  return (before, after) => before !== undefined && rank(values, after) > rank(values, before);
}

function rank(values: readonly string[], value: string | undefined): number {
  const index = values.findIndex((each) => each === value);
  return index < 0 ? values.length : index;
}

const moreOrNone: IsWeaker = (before, after) =>
  before !== undefined && (after === undefined || Number(after) > Number(before));
const less: IsWeaker = (before, after) => after !== undefined && Number(after) < Number(before ?? Infinity);

const SEVERITY_WORST_LAST: readonly string[] = SEVERITIES;
const yesOrNo = (value: string) => (value === "true" ? "yes" : "no");
const days = (value: string) => `${value} days`;
const fromSeverity = (value: string) => (SEVERITY_WORST_LAST.includes(value) ? `from ${value}` : value);

/** A variable of the responder. */
function variable(name: string): Setting["read"] {
  return (parts) => parts.variable(NAMES.responder, name);
}

/** `on` while there is such a resource. */
function presence(type: string, attribute: string, name: string): Setting["read"] {
  return (parts) => (parts.named(type, attribute, name) === undefined ? undefined : "on");
}

function numberOf(values: JsonObject | undefined, attribute: string): string | undefined {
  const value = values?.[attribute];
  // 0 days of retention means no end, and -1 reserved executions means none.
  return typeof value === "number" && value > 0 ? String(value) : undefined;
}

/** The least severity of a channel that has a function of its own. */
function channel(functionName: string): Setting["read"] {
  return (parts) =>
    parts.function(functionName) === undefined
      ? undefined
      : (stringAt(channelSettings(parts, functionName), "minimumSeverity") ?? "on");
}

function channelSettings(parts: StackParts, functionName: string): JsonObject {
  return parseObject(parts.variable(functionName, NOTIFIER_ENV.channel) ?? "");
}

/** Settings in the order in which people read them. */
export const SETTINGS: readonly Setting[] = [
  { name: "mode", read: variable(RESPONDER_ENV.mode), isWeaker: laterIn(MODES) },
  {
    // `quarantine pause` sets it outside of Terraform, and the stack resets it.
    name: "pause",
    read: (parts) => {
      const text = variable(RESPONDER_ENV.pause)(parts);
      return text === NO_PAUSE ? undefined : text;
    },
    absent: "ended",
  },
  {
    name: "drill",
    read: (parts) => parts.variable(NAMES.drill, DRILL_ENV.everyHours),
    show: (hours) => (hours === "1" ? "every hour" : `every ${hours} hours`),
    absent: "off",
    isWeaker: moreOrNone,
  },
  {
    name: "sweep",
    read: (parts) => parts.variable(NAMES.sweep, SWEEP_ENV.everyMinutes),
    show: (minutes) => `every ${minutes} minutes`,
    absent: "off",
    isWeaker: moreOrNone,
  },
  {
    name: "users of an unknown creator",
    read: (parts) => parts.variable(NAMES.sweep, SWEEP_ENV.unknownCreator),
    isWeaker: laterIn(["quarantine", "alert"]),
  },
  {
    name: "access keys are deactivated",
    read: variable(RESPONDER_ENV.deactivateAccessKeys),
    show: yesOrNo,
    isWeaker: laterIn(["true", "false"]),
  },
  {
    name: "console passwords are deleted",
    read: variable(RESPONDER_ENV.deleteLoginProfile),
    show: yesOrNo,
    isWeaker: laterIn(["true", "false"]),
  },
  {
    name: "reserved concurrency",
    read: (parts) => numberOf(parts.function(NAMES.responder), "reserved_concurrent_executions"),
  },
  {
    name: "attack simulation",
    read: presence("aws_lambda_function", "function_name", NAMES.simulation),
    absent: "off",
  },
  { name: "name in alerts", read: variable(RESPONDER_ENV.accountName), isDetail: true },
  {
    name: "logs are kept",
    read: (parts) => {
      const group = (name: string) => parts.named("aws_cloudwatch_log_group", "name", name);
      return numberOf(group(functionLogGroup(NAMES.responder)) ?? group(NAMES.auditLog), "retention_in_days");
    },
    show: days,
    absent: "without end",
    isWeaker: less,
  },
  {
    name: "the archive is kept",
    read: (parts) =>
      numberOf(parts.named("aws_cloudwatch_event_archive", "name", NAMES.archive), "retention_days"),
    show: days,
    absent: "without end",
    isWeaker: less,
  },
  {
    name: "slow containment",
    read: (parts) =>
      numberOf(
        parts.named("aws_cloudwatch_metric_alarm", "alarm_name", `${SECURITY_ALARM_PREFIX}slow-containment`),
        "threshold",
      ),
    show: (seconds) => `from ${seconds} s`,
    isWeaker: moreOrNone,
  },
  {
    name: "dashboard",
    read: presence("aws_cloudwatch_dashboard", "dashboard_name", NAMES.dashboard),
    absent: "off",
  },
  {
    name: "alerts about the guard",
    read: presence("aws_cloudwatch_event_rule", "name", NAMES.guardAlertRule),
    absent: "off",
    isWeaker: laterIn(["on"]),
  },
  {
    name: "Security Hub",
    read: channel(NAMES.securityHubNotifier),
    show: fromSeverity,
    absent: "off",
    isWeaker: laterIn(SEVERITY_WORST_LAST),
  },
  {
    name: "chat",
    read: channel(NAMES.chatNotifier),
    show: fromSeverity,
    absent: "off",
    isWeaker: laterIn(SEVERITY_WORST_LAST),
  },
  {
    // Policies of others that trust or exempt one of the roles name it with its path.
    name: "path in the ARNs of the roles",
    read: (parts) => ofRoles(parts, (role) => pathOf(stringAt(role, "path"))),
    absent: "/",
  },
  {
    name: "permissions boundary of the roles",
    read: (parts) => ofRoles(parts, (role) => boundaryName(stringAt(role, "permissions_boundary"))),
    // Somebody may have removed it from some roles outside of Terraform.
    isWeaker: (before, after) => before !== undefined && after === undefined,
  },
  { name: "version", read: variable(RESPONDER_ENV.version), isWeaker: isOlder },
];

/**
 * The value that all roles of a stack have, or each value where they differ; undefined if no role has one.
 */
function ofRoles(parts: StackParts, read: (role: JsonObject) => string | undefined): string | undefined {
  const values = new Set(parts.ofType("aws_iam_role").map(read));
  const named = [...values].filter((value) => value !== undefined).sort();
  return named.length === 0 ? undefined : [...named, ...(values.has(undefined) ? ["none"] : [])].join(" or ");
}

/** Undefined for `/`, the path of a role that is created without one. */
function pathOf(path: string | undefined): string | undefined {
  return path === "/" ? undefined : path;
}

/** A policy of the account by its name with its path: its ARN would make every account differ. */
function boundaryName(arn: string | undefined): string | undefined {
  return arn === "" ? undefined : arn?.replace(/^arn:[\w-]+:iam::\d+:policy\//, "");
}

/** Whether a version such as `0.3.0` comes before another one. */
function isOlder(before: string | undefined, after: string | undefined): boolean {
  const [one, other] = [after, before].map((version) => version?.split(".").map(Number));
  const index = one?.findIndex((number, each) => number !== other?.[each]) ?? -1;
  return (one?.[index] ?? 0) < (other?.[index] ?? 0);
}

/** Something that a stack can have several of. */
export interface ListSetting {
  readonly name: string;
  /** Undefined if the stack does not contain it, such as a stack of an older version. */
  readonly read: (parts: StackParts) => string[] | undefined;
  /** Whether an account is protected less when one is added, or removed. @default - neither */
  readonly weakens?: "added" | "removed" | "last removed";
  /** It needs no line in a new stack. @default false */
  readonly isDetail?: true;
}

function namesOf(type: string, attribute: string): ListSetting["read"] {
  return (parts) => parts.ofType(type).flatMap((values) => stringAt(values, attribute) ?? []);
}

/** A part that people may know by its name; the others are only in the list of resources. */
function part(name: string, type: string, attribute = "name"): ListSetting {
  return { name, read: namesOf(type, attribute), isDetail: true };
}

/** Things that a stack can have several of. Trust has separate rules. */
export const LISTS: readonly ListSetting[] = [
  {
    name: "role that may undo a quarantine",
    read: (parts) => {
      const roles = parts.variable(NAMES.responder, RESPONDER_ENV.mayUndo);
      // Without the roles that may only undo the quarantine of users below their own path.
      return roles === undefined
        ? undefined
        : jsonList(roles)
            .filter((role) => role["path"] === undefined)
            .flatMap((role) => roleName(role["arn"]) ?? []);
    },
    weakens: "added",
  },
  {
    // Tags that somebody added to a single part are not included.
    name: "tag",
    read: (parts) => {
      const [tagged] = [...parts.ofType("aws_lambda_function"), ...parts.ofType("aws_organizations_policy")];
      return Object.entries(objectAt(tagged ?? {}, "tags_all"))
        .filter(([key, value]) => OWN_TAGS[key as keyof typeof OWN_TAGS] !== value)
        .map(([key, value]) => `${key}=${String(value)}`);
    },
  },
  {
    name: "mail",
    read: (parts) => mailSubscriptions(parts).flatMap((values) => stringAt(values, "endpoint") ?? []),
    weakens: "last removed",
  },
  {
    name: "webhook",
    read: (parts) =>
      jsonList(channelSettings(parts, NAMES.webhookNotifier)["webhooks"]).map(
        ({ name, type, minimumSeverity }) =>
          `${String(name)} (${String(type)}, from ${String(minimumSeverity)})`,
      ),
    weakens: "removed",
  },
  {
    name: "guarded account or unit",
    read: namesOf("aws_organizations_policy_attachment", "target_id"),
    weakens: "removed",
  },
  {
    name: "role exempt from the guard",
    read: (parts) =>
      // A statement that exempts no role of ours beside.
      guardStatements(parts)
        .filter((statement) => statement["Sid"] === "KeepKey")
        .flatMap((statement) =>
          textList(objectAt(objectAt(statement, "Condition"), "ArnNotLike")["aws:PrincipalArn"]).flatMap(
            (arn) => roleName(arn) ?? [],
          ),
        ),
    weakens: "added",
  },
  {
    name: "trail under the guard",
    read: (parts) =>
      guardStatements(parts)
        .flatMap((statement) => textList(statement["Resource"]))
        .flatMap((arn) => /^.*:trail\/(.*)$/.exec(arn)?.[1] ?? []),
    weakens: "removed",
  },
  {
    name: "statement of the guard",
    read: (parts) => guardStatements(parts).flatMap((statement) => stringAt(statement, "Sid") ?? []),
    weakens: "removed",
    isDetail: true,
  },
  part("function", "aws_lambda_function", "function_name"),
  part("rule", "aws_cloudwatch_event_rule"),
  part("topic", "aws_sns_topic"),
  part("queue", "aws_sqs_queue"),
  part("bus", "aws_cloudwatch_event_bus"),
  part("archive", "aws_cloudwatch_event_archive"),
  part("log group", "aws_cloudwatch_log_group"),
  part("alarm", "aws_cloudwatch_metric_alarm", "alarm_name"),
  part("role", "aws_iam_role"),
];

/** Attributes of the mail subscriptions of a stack's topics. */
export function mailSubscriptions(parts: StackParts): JsonObject[] {
  return parts.ofType("aws_sns_topic_subscription").filter(({ protocol }) => protocol === "email");
}

function guardStatements(parts: StackParts): JsonObject[] {
  const content = stringAt(
    parts.named("aws_organizations_policy", "name", NAMES.guardPolicy) ?? {},
    "content",
  );
  return jsonList(parseObject(content ?? "")["Statement"]);
}

/** The objects of a list, or of the JSON of one. */
function jsonList(value: unknown): JsonObject[] {
  const list: unknown = typeof value === "string" ? parseObject(`{"list":${value}}`)["list"] : value;
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** IAM takes one text for a list of one. */
function textList(value: unknown): string[] {
  return [value].flat().filter((each) => typeof each === "string");
}

/** Name of a role with its path: the account in an ARN would make every account differ. */
function roleName(arn: unknown): string | undefined {
  return typeof arn === "string" ? arn.replace(/^.*?:role\//, "") : undefined;
}
