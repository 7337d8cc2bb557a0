import { METRIC_NAMESPACE } from "../functions/shared/metric-line";
import {
  changes,
  DRILLS,
  FAILED_RESPONSES,
  INCOMPLETE_RESPONSES,
  RECOVERED_EVENTS,
  REFUSED_TAMPERING,
  RESPONSES,
  SECONDS_TO_CONTAINED,
  TARGET_ALARMS,
  UNHEALTHY_REPORTS,
  type AuditMetric,
} from "./audit-metrics";
import { NAMES } from "./names";

export interface DashboardProps {
  readonly region: string;
  /** Role whose changes are a rollout's: its name, with its path if it has one. */
  readonly deploymentRole: string;
  /** ARNs of the alarms of the security account. */
  readonly alarmArns: readonly string[];
  /** From then on a containment counts as slow. */
  readonly slowContainmentSeconds: number;
  readonly hasDrills: boolean;
  /** The notifier looks for accounts that are silent. */
  readonly watchesSilence: boolean;
}

const COLUMNS = 24;
const HEIGHT = 6;
const HOUR_SECONDS = 3_600;

/** How a metric is drawn. */
interface Rendering {
  readonly stat?: string;
  readonly label?: string;
}

/** A metric as a widget names it. */
type Line = readonly (string | Rendering)[];

/** A widget before it has a place. */
interface Widget {
  readonly type: "alarm" | "log" | "metric" | "text";
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * The security account's dashboard: what the organization's responses, sweeps, drills and rollouts did in the
 * last week. Source: CloudWatch API reference, "Dashboard Body Structure and Syntax".
 */
export function dashboardBody(props: DashboardProps) {
  const widgets = [
    text(props),
    alarmStates(props),
    ...responses(props),
    ...trouble(props),
    ...(props.hasDrills ? drills(props) : []),
    ...tables(props),
  ];
  return { start: "-P7D", periodOverride: "inherit", widgets: placed(widgets) };
}

function text({ slowContainmentSeconds }: DashboardProps): Widget {
  const markdown = [
    "## IAM user quarantine",
    "Seconds count from the time that CloudTrail states for the creation until the deny was read back.",
    `An alarm goes off from ${slowContainmentSeconds} s. Users of drills are counted as drills alone.`,
    "Names, statuses and seconds are the word of the account that sent them; `account` is EventBridge's.",
  ].join("\n");
  return { type: "text", width: COLUMNS, height: 3, properties: { markdown } };
}

function alarmStates({ alarmArns }: DashboardProps): Widget {
  return {
    type: "alarm",
    width: COLUMNS,
    height: 4,
    properties: { title: "Alarms of this account", alarms: alarmArns, sortBy: "stateUpdatedTimestamp" },
  };
}

function responses({ region, slowContainmentSeconds: value }: DashboardProps): Widget[] {
  return [
    graph(region, "Responses by outcome", COLUMNS / 2, linesOf(RESPONSES), { stacked: true }),
    graph(
      region,
      "Seconds to contained",
      COLUMNS / 2,
      ["p50", "p99", "Maximum"].flatMap((stat) => linesOf(SECONDS_TO_CONTAINED, { stat, label: stat })),
      { annotations: { horizontal: [{ value, label: "alarm" }] }, yAxis: { left: { min: 0 } } },
    ),
  ];
}

function trouble({ region, deploymentRole, watchesSilence }: DashboardProps): Widget[] {
  const [byRollout, byOthers] = changes(deploymentRole);
  const width = COLUMNS / 3;
  const fights = linesOf(RESPONSES).filter((line) => line.includes("RESTORED") || line.includes("ABANDONED"));
  return [
    graph(region, "Failures", width, [...linesOf(FAILED_RESPONSES), ...linesOf(INCOMPLETE_RESPONSES)]),
    graph(region, "Fights and tampering", width, [
      ...fights,
      ...linesOf(REFUSED_TAMPERING),
      ...linesOf(byOthers),
    ]),
    graph(region, "Accounts that need a look", width, [
      ...[RECOVERED_EVENTS, UNHEALTHY_REPORTS, TARGET_ALARMS].flatMap((metric) => linesOf(metric)),
      ...(watchesSilence ? [ownMetric("SilentAccounts", "Maximum")] : []),
    ]),
    graph(region, "Dead letters of this account", COLUMNS / 2, [
      queueMetric("ApproximateNumberOfMessagesVisible", "Maximum"),
      queueMetric("NumberOfMessagesSent", "Sum"),
    ]),
    graph(region, "What rollouts changed", COLUMNS / 2, linesOf(byRollout)),
  ];
}

/** The seconds are what the notifier's watch over the drills writes. */
function drills({ region }: DashboardProps): Widget[] {
  const seconds = ["DrillSecondsToContained", "DrillSecondsToDenied", "DrillSecondsToAudited"];
  return [
    graph(region, "Drills", COLUMNS / 2, linesOf(DRILLS), { stacked: true }),
    graph(
      region,
      "Seconds of drills (p99)",
      COLUMNS / 2,
      seconds.map((name) => ownMetric(name, "p99")),
      { yAxis: { left: { min: 0 } } },
    ),
  ];
}

/** Queries of the audit log. They cost when somebody looks, where a metric for each account always would. */
function tables({ region }: DashboardProps): Widget[] {
  const ofUsers = `source = "lambda" and not ispresent(detail.responsePayload.drill) and detail.responsePayload.status in ["QUARANTINED", "OBSERVED", "RESTORED", "ABANDONED"]`;
  const payload = (...fields: readonly string[]) =>
    fields.map((field) => `detail.responsePayload.${field} as ${field}`).join(", ");
  return [
    table(region, "Top accounts", COLUMNS / 3, [
      `filter ${ofUsers}`,
      "stats count(*) as responses by account",
      "sort responses desc",
      "limit 10",
    ]),
    table(region, "Latest responses", (2 * COLUMNS) / 3, [
      `fields @timestamp, account, ${payload("status", "userName", "secondsToContain", "createdBy", "actor")}`,
      `filter ${ofUsers}`,
      "sort @timestamp desc",
      "limit 20",
    ]),
    table(region, "Latest changes and refusals", COLUMNS, [
      "fields @timestamp, account, detail.eventName as call, detail.errorCode as refused, detail.userIdentity.arn as caller",
      'filter source like /^aws\\./ and ispresent(detail.eventName) and detail.eventName != "CreateUser"',
      "sort @timestamp desc",
      "limit 20",
    ]),
  ];
}

function graph(
  region: string,
  title: string,
  width: number,
  metrics: readonly Line[],
  more: Readonly<Record<string, unknown>> = {},
): Widget {
  return {
    type: "metric",
    width,
    height: HEIGHT,
    properties: {
      ...{ title, region, metrics, view: "timeSeries", stat: "Sum", period: HOUR_SECONDS },
      ...more,
    },
  };
}

function table(region: string, title: string, width: number, steps: readonly string[]): Widget {
  const query = `SOURCE '${NAMES.auditLog}' | ${steps.join("\n| ")}`;
  return {
    type: "log",
    width,
    height: HEIGHT,
    properties: { title, region, query, view: "table" },
  };
}

/** A line for the metric, or for each value of its dimension. */
function linesOf({ name, dimension }: AuditMetric, rendering?: Rendering): Line[] {
  const metric = [METRIC_NAMESPACE, name];
  const drawn = rendering === undefined ? [] : [rendering];
  return dimension === undefined
    ? [[...metric, ...drawn]]
    : dimension.values.map((value) => [...metric, dimension.name, value, ...drawn]);
}

/** A metric that the notifier writes. */
function ownMetric(name: string, stat: string): Line {
  return [METRIC_NAMESPACE, name, { stat }];
}

function queueMetric(name: string, stat: string): Line {
  return ["AWS/SQS", name, "QueueName", NAMES.securityDeadLetters, { stat }];
}

/** Widgets from left to right, and in the next row what has no room. */
function placed(widgets: readonly Widget[]) {
  let [x, y, row] = [0, 0, 0];
  return widgets.map(({ type, width, height, properties }) => {
    if (x + width > COLUMNS) {
      [x, y, row] = [0, y + row, 0];
    }
    const at = { type, x, y, width, height, properties };
    x += width;
    row = Math.max(row, height);
    return at;
  });
}
