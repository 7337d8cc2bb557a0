import { findSilence, silenceMetrics, type SilenceCheck } from "../../functions/security-notifier/silence";
import { dashboardBodySchema } from "../../lab/cloudwatch/dashboard-body";
import { ALARMED_METRICS, shownMetrics, type AuditMetric } from "../../stacks/audit-metrics";
import { SAMPLE_YAML } from "../support/stacks/sample";
import { resources, synthesizeSecurityStack, type SynthesizedStack } from "../support/stacks/synthesize";

const withSettings = (settings: string) =>
  SAMPLE_YAML.replace("securityAccount:\n", `securityAccount:\n  ${settings}\n`);
const DRILLS = "drill: { everyHours: 24 }\n";

const quiet = synthesizeSecurityStack(SAMPLE_YAML);
const still = synthesizeSecurityStack(`${SAMPLE_YAML}sweep: { everyMinutes: 0 }\n`);
const drilled = synthesizeSecurityStack(`${SAMPLE_YAML}${DRILLS}`);
const without = synthesizeSecurityStack(`${withSettings("dashboard: false")}${DRILLS}`);
const slow = synthesizeSecurityStack(withSettings("slowContainmentSeconds: 120"));

const bodyOf = (stack: SynthesizedStack) =>
  dashboardBodySchema.parse(
    JSON.parse(String(resources(stack, "aws_cloudwatch_dashboard")[0]?.["dashboard_body"])),
  );

/** Namespace, name and dimensions of each metric that the dashboard shows. */
function shown(stack: SynthesizedStack): string[] {
  const lines = bodyOf(stack).widgets.flatMap((widget) =>
    widget.type === "metric" ? widget.properties.metrics : [],
  );
  return [...new Set(lines.map((line) => line.filter((part) => typeof part === "string").join(" ")))];
}

/** The same of what the stack's metric filters make of events. */
function filtered(stack: SynthesizedStack): string[] {
  const metrics: readonly AuditMetric[] = [...ALARMED_METRICS, ...shownMetrics("any", true)];
  return resources(stack, "aws_cloudwatch_log_metric_filter").flatMap(({ metric_transformation: made }) => {
    const { namespace, name, dimensions } = made as Record<string, string> & {
      dimensions?: Record<string, string>;
    };
    const [key] = Object.keys(dimensions ?? {});
    const values = metrics.find((metric) => metric.name === name)?.dimension?.values ?? [];
    const metric = `${namespace} ${name}`;
    return key === undefined ? [metric] : values.map((value) => `${metric} ${key} ${value}`);
  });
}

/** The same of what the notifier's check for silent accounts writes. */
function written(): string[] {
  const at = Date.parse("2026-11-26T12:00:00Z");
  const account = "444455556666";
  const [userName, createdAt] = ["drill-1", at - 60_000];
  const facts = [
    { kind: "creation", account, userName, at: createdAt },
    { kind: "response", account, userName, at: createdAt + 2_000 },
    {
      ...({ kind: "outcome", account, userName, hasPassed: true } as const),
      ...{ secondsToContained: 1, secondsToDenied: 2, at: createdAt + 3_000 },
    },
  ] as const;
  const check = { everyHours: 24, accounts: [{ id: account, name: "sandbox" }] } as unknown as SilenceCheck;
  const { silent } = findSilence(facts, check, at);
  return silenceMetrics(facts, check, at, silent.length, at)
    .trim()
    .split("\n")
    .flatMap((line) => {
      const { _aws } = JSON.parse(line) as {
        _aws: { CloudWatchMetrics: { Namespace: string; Metrics: { Name: string }[] }[] };
      };
      return _aws.CloudWatchMetrics.flatMap(({ Namespace, Metrics }) =>
        Metrics.map(({ Name }) => `${Namespace} ${Name}`),
      );
    });
}

/** What SQS sends of a queue of the stack (SQS guide, "Available CloudWatch metrics for Amazon SQS"). */
function ofQueues(stack: SynthesizedStack): string[] {
  return resources(stack, "aws_sqs_queue").flatMap(({ name }) =>
    ["ApproximateNumberOfMessagesVisible", "NumberOfMessagesSent"].map(
      (metric) => `AWS/SQS ${metric} QueueName ${String(name)}`,
    ),
  );
}

test.each([
  ["without drills", quiet, ["IamUserQuarantine SilentAccounts"]],
  ["without drills and sweeps", still, []],
  ["with drills", drilled, written()],
])("every metric of the dashboard has a source, and every filter is shown, %s", (_, stack, ofNotifier) => {
  const published = [...filtered(stack), ...ofQueues(stack), ...ofNotifier];

  expect(shown(stack).sort()).toEqual([...new Set(published)].sort());
});

test("a dashboard of at most 50 metrics is within CloudWatch's free three", () => {
  expect(shown(drilled).length).toBeLessThanOrEqual(50);
});

test("no widget lies on another", () => {
  const cells = bodyOf(drilled).widgets.flatMap(({ x = 0, y = 0, width = 0, height = 0 }) =>
    Array.from(
      { length: width * height },
      (_, index) => `${x + (index % width)} ${y + Math.floor(index / width)}`,
    ),
  );

  expect(new Set(cells).size).toBe(cells.length);
  expect(Math.max(...bodyOf(drilled).widgets.map(({ x = 0, width = 0 }) => x + width))).toBeLessThanOrEqual(
    24,
  );
});

test.each([
  ["without drills", quiet],
  ["with drills", drilled],
])("it shows the state of each alarm of the account, %s", (_, stack) => {
  const names = resources(stack, "aws_cloudwatch_metric_alarm").map((alarm) => String(alarm["alarm_name"]));
  const [widget] = bodyOf(stack).widgets.flatMap((each) => (each.type === "alarm" ? [each] : []));

  expect(widget?.properties.alarms.map((arn) => arn.split(":").at(-1)).sort()).toEqual(names.sort());
});

test("queries read the audit log alone", () => {
  const queries = bodyOf(drilled).widgets.flatMap((each) =>
    each.type === "log" ? [each.properties.query] : [],
  );

  expect(queries).toHaveLength(3);
  expect(queries.filter((query) => !query.startsWith("SOURCE '/aws/events/security-events' | "))).toEqual([]);
});

test("without a dashboard there is none, no link to it, and only the filters that alarms need", () => {
  const notifier = (stack: SynthesizedStack) =>
    JSON.stringify(resources(stack, "aws_lambda_function").map(({ environment }) => environment));

  expect(resources(without, "aws_cloudwatch_dashboard")).toEqual([]);
  expect(notifier(without)).not.toContain("DASHBOARD");
  expect(notifier(drilled)).toContain('"DASHBOARD":"security-events"');
  const alarmed = resources(without, "aws_cloudwatch_metric_alarm").map((alarm) => alarm["metric_name"]);
  expect(filtered(without)).toEqual([
    "IamUserQuarantine FailedResponses",
    "IamUserQuarantine SecondsToContained",
  ]);
  expect(alarmed).toEqual(expect.arrayContaining(["FailedResponses", "SecondsToContained"]));
});

test("the configured seconds decide when the alarm goes off, and where the graph has its line", () => {
  const alarm = (stack: SynthesizedStack) =>
    resources(stack, "aws_cloudwatch_metric_alarm").find(
      (each) => each["alarm_name"] === "security-events-slow-containment",
    );

  expect(alarm(quiet)).toMatchObject({ threshold: 300, statistic: "Maximum" });
  expect(alarm(slow)).toMatchObject({
    ...{ metric_name: "SecondsToContained", threshold: 120, treat_missing_data: "notBreaching" },
    comparison_operator: "GreaterThanOrEqualToThreshold",
  });
  expect(JSON.stringify(bodyOf(slow))).toContain('"horizontal":[{"value":120,');
});
