import { z } from "zod";
import type { Guard } from "../exchange/pipeline";
import { AwsError } from "../shared/errors";

const columns = 24;
/** `Sum`, `p99` and the like. */
const stat = z.string().regex(/^(SampleCount|Average|Sum|Minimum|Maximum|p\d{1,2}(\.\d+)?|p100)$/);
const period = z.int().min(60).multipleOf(60);
const color = z.string().regex(/^#[0-9a-f]{6}$/i);
const side = z.enum(["left", "right"]);
const axis = z.strictObject({
  label: z.string().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  showUnits: z.boolean().optional(),
});

/** How one metric is drawn. */
const rendering = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z]\w*$/)
    .optional(),
  label: z.string().optional(),
  region: z.string().optional(),
  accountId: z.string().optional(),
  color: color.optional(),
  period: period.optional(),
  stat: stat.optional(),
  visible: z.boolean().optional(),
  yAxis: side.optional(),
});

/** `[Namespace, MetricName, DimensionName, DimensionValue, ..., rendering]`. The lab lacks expressions. */
const metric = z.array(z.union([z.string().min(1), rendering])).check(({ value, issues }) => {
  const texts = value.filter((part) => typeof part === "string");
  const isInOrder = value.slice(0, texts.length).every((part) => typeof part === "string");
  if (!isInOrder || value.length - texts.length > 1 || texts.length < 2 || texts.length % 2 !== 0) {
    const message = "expected a namespace, a name, pairs of a dimension and its value, and how it is drawn";
    issues.push({ code: "custom", input: value, message });
  }
});

const horizontal = z.strictObject({
  value: z.number(),
  label: z.string().optional(),
  color: color.optional(),
  fill: z.enum(["above", "below", "none"]).optional(),
  visible: z.boolean().optional(),
  yAxis: side.optional(),
});

/** Where a widget stands: both of `x` and `y`, or none. */
const place = {
  x: z
    .int()
    .min(0)
    .max(columns - 1)
    .optional(),
  y: z.int().min(0).optional(),
  width: z.int().min(1).max(columns).optional(),
  height: z.int().min(1).max(1_000).optional(),
};

const metricWidget = z.strictObject({
  ...place,
  type: z.literal("metric"),
  properties: z.strictObject({
    metrics: z.array(metric).min(1).max(500),
    region: z.string().min(1),
    accountId: z.string().optional(),
    annotations: z.strictObject({ horizontal: z.array(horizontal).optional() }).optional(),
    legend: z.strictObject({ position: z.enum(["right", "bottom", "hidden"]) }).optional(),
    liveData: z.boolean().optional(),
    period: period.optional(),
    sparkline: z.boolean().optional(),
    stacked: z.boolean().optional(),
    stat: stat.optional(),
    timezone: z
      .string()
      .regex(/^[+-]\d{4}$/)
      .optional(),
    title: z.string().optional(),
    view: z.enum(["timeSeries", "singleValue", "bar", "pie", "table"]).optional(),
    yAxis: z.strictObject({ left: axis.optional(), right: axis.optional() }).optional(),
  }),
});

const logWidget = z.strictObject({
  ...place,
  type: z.literal("log"),
  properties: z.strictObject({
    query: z.string().regex(/^SOURCE '[^']+'( \| SOURCE '[^']+')* \| /),
    region: z.string().min(1),
    accountId: z.string().optional(),
    title: z.string().optional(),
    view: z.enum(["table", "timeSeries", "bar", "pie"]).optional(),
  }),
});

const alarmWidget = z.strictObject({
  ...place,
  type: z.literal("alarm"),
  properties: z.strictObject({
    alarms: z
      .array(z.string().regex(/^arn:[\w-]+:cloudwatch:[\w-]+:\d{12}:alarm:.+$/))
      .min(1)
      .max(100),
    sortBy: z.enum(["default", "stateUpdatedTimestamp", "timestamp"]).optional(),
    states: z.array(z.enum(["ALARM", "INSUFFICIENT_DATA", "OK"])).optional(),
    title: z.string().optional(),
  }),
});

const textWidget = z.strictObject({
  ...place,
  type: z.literal("text"),
  properties: z.strictObject({
    markdown: z.string(),
    background: z.enum(["transparent", "solid"]).optional(),
  }),
});

/**
 * A dashboard as CloudWatch takes it, but for metric math, variables, metrics explorers and gauges, which the
 * lab lacks and refuses. Source: CloudWatch API reference, "Dashboard Body Structure and Syntax".
 */
export const dashboardBodySchema = z.strictObject({
  start: z
    .string()
    .regex(/^-(PT\d+[MH]|P\d+[DWM])$/)
    .optional(),
  periodOverride: z.enum(["auto", "inherit"]).optional(),
  widgets: z
    .array(z.discriminatedUnion("type", [metricWidget, logWidget, alarmWidget, textWidget]))
    .max(500)
    .check(({ value, issues }) => {
      value.forEach(({ x, y }, index) => {
        if ((x === undefined) !== (y === undefined)) {
          issues.push({ code: "custom", input: x, path: [index], message: "expected both x and y, or none" });
        }
      });
    }),
});

/**
 * Refuses a dashboard that CloudWatch could not show, when it is put. moto keeps any JSON. That names have
 * letters, digits, hyphens and underscores alone, and the code: CloudWatch API reference, PutDashboard.
 * Inferred: which of its findings are errors to CloudWatch, and which only warnings.
 */
export const checkDashboard: Guard = ({ request }) => {
  if (request.service !== "monitoring" || request.action !== "PutDashboard") {
    return;
  }
  const { DashboardName, DashboardBody } = request.params;
  if (typeof DashboardName !== "string" || !/^[\w-]{1,255}$/.test(DashboardName)) {
    throw invalid(`The value ${String(DashboardName)} for field DashboardName contains invalid characters.`);
  }
  const parsed = dashboardBodySchema.safeParse(json(DashboardBody));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(
      `The dashboard body is invalid: /${issue?.path.map(String).join("/") ?? ""}: ${issue?.message ?? ""}`,
    );
  }
};

function json(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    throw invalid("The field DashboardBody must be a valid JSON object");
  }
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterInput", message);
}
