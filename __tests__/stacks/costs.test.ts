import { readFileSync } from "node:fs";
import path from "node:path";
import { HOLD_MS } from "../../functions/security-response/containment/durations";
import { ALARMED_METRICS, shownMetrics } from "../../stacks/audit-metrics";
import { deployedAccount, checkHealthOf } from "../support/functions/deployed-account";
import { SAMPLE_YAML } from "../support/stacks/sample";
import { resources, synthesizeYaml, type SynthesizedStack } from "../support/stacks/synthesize";

/**
 * List prices of us-east-1 in USD, from AWS's pricing page of each service and, where that shows none without
 * a script, from copies of 2026. Read on 2026-11-30. The free tiers are left out: accounts of an organization
 * share one. Most AWS services send their metrics for nothing.
 */
const USD = {
  alarmMonth: 0.1,
  /** Counted by the hours in which it has a value. */
  customMetricMonth: 0.3,
  /** Of at most 50 metrics the first three are free, once for the organization. */
  dashboardMonth: 3,
  /** Of what a query reads. */
  insightsGb: 0.005,
  /** arm64. */
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2 / 1e6,
  logGb: 0.5,
  sqsRequest: 0.4 / 1e6,
  snsMail: 2 / 100_000,
  snsHttp: 0.6 / 1e6,
  /** Put by a function, or sent to another account; those of AWS and of schedules cost nothing. */
  event: 1 / 1e6,
  /** The secret of its connection included (EventBridge guide, "Connections for HTTP endpoint targets"). */
  apiDestination: 0.2 / 1e6,
  /** Of which the first 10,000 a month are free, in each account and Region. */
  securityHubFinding: 0.00003,
  archiveGb: 0.1,
  kmsKeyMonth: 1,
  /** Not of this project's services, and where a customer has them. */
  guardDutyEvent: 4 / 1e6,
  secondTrailEvent: 2 / 100_000,
} as const;

const DAYS = 30;

/**
 * One quiet sweep. The packaged function took 0.9 to 1.1 s against services that answer after 50 ms, of which
 * 0.3 s were processor time, on the two cores of bench/results.json. At 512 MB Lambda gives 0.29 of a
 * processor (docs/lambda-memory.md), which makes 1.8 s of it. A second for the start is inferred: a function
 * that runs every quarter of an hour is cold, and AWS bills that.
 */
const SWEEP_SECONDS = 3;

/** Calls of the users' part at rest, which the bench counts; those of the look are counted below. */
const USER_CALLS = 4;

/**
 * One drill: 50 s in the lab, of which the hold of its user takes most. The response, its calls and its
 * clean-up make three invocations of the responder and about ten events. Inferred.
 */
const DRILL = { aDay: 1, seconds: 60, responses: 3, secondsEach: 2, events: 10 } as const;

/** What a function writes per invocation with Lambda's own lines, and what one event takes. Inferred. */
const BYTES = { log: 2_000, event: 5_000 } as const;

/** Queries that the dashboard makes each time somebody opens it. */
const TABLES = 3;

/** Sizes of organizations that the table names. */
const SIZES = [10, 60, 100, 1_000];

const app = synthesizeYaml(SAMPLE_YAML);
const target = app["payments"];
/** The same with a drill a day, which is off by default. */
const drilled = synthesizeYaml(`${SAMPLE_YAML}drill: { everyHours: 24 }\n`)["payments"];

const WEBHOOKS = 2;
/** The same with Security Hub, a chat and two webhooks. */
const told = synthesizeYaml(
  SAMPLE_YAML.replace(
    "  archiveRetentionDays: 30\n",
    `  archiveRetentionDays: 30
  channels:
    securityHub: {}
    chat: {}
    webhooks:
${["pager", "oncall"]
  .map(
    (name) =>
      `      - { name: ${name}, type: pagerDuty, connectionArn: "arn:aws:events:us-east-1:111122223333:connection/${name}/01234567-89ab-cdef-0123-456789abcdef" }`,
  )
  .join("\n")}
`,
  ),
)["security"];

function functionOf(name: string, stack = target) {
  const found = resources(stack, "aws_lambda_function").find((each) => each["function_name"] === name);
  return { gb: Number(found?.["memory_size"]) / 1_024, timeout: Number(found?.["timeout"]) };
}

function sweepsAMonth(): number {
  const rule = resources(target, "aws_cloudwatch_event_rule").find(
    ({ name }) => name === "security-response-sweep",
  );
  const minutes = Number(/rate\((\d+) minutes\)/.exec(String(rule?.["schedule_expression"]))?.[1]);
  return (DAYS * 24 * 60) / minutes;
}

const alarms = (stack: string) => resources(app[stack], "aws_cloudwatch_metric_alarm").length;
const sum = (parts: readonly number[]) => parts.reduce((total, each) => total + each, 0);
const usd = (value: number, digits = 2) => `${value.toFixed(digits)} USD`;

/** What a target account pays a month, by part. */
function targetAccount() {
  const sweeps = sweepsAMonth();
  const drills = DRILL.aDay * DAYS;
  const invocations = sweeps + drills * (DRILL.responses + 2);
  const responder = functionOf("security-response").gb;
  const hold = functionOf("security-response-hold").gb * (HOLD_MS.stands / 1_000 + 2);
  const drillGbSeconds =
    DRILL.seconds * functionOf("quarantine-drill", drilled).gb +
    DRILL.responses * DRILL.secondsEach * responder +
    hold;
  return {
    alarms: alarms("payments") * USD.alarmMonth,
    sweeps: sweeps * (functionOf("quarantine-sweep").gb * SWEEP_SECONDS * USD.lambdaGbSecond),
    drills: drills * drillGbSeconds * USD.lambdaGbSecond,
    traffic:
      invocations * USD.lambdaRequest +
      (invocations * BYTES.log * USD.logGb) / 1e9 +
      // The queue's URL, and its attributes.
      2 * sweeps * USD.sqsRequest +
      drills * (2 * DRILL.events * USD.event + USD.snsMail),
  };
}

const dashboards = resources(app["security"], "aws_cloudwatch_dashboard");

/** Metrics that the filters of the audit log can make: one for each value of a dimension. */
function countedMetrics(stack: SynthesizedStack | undefined): number {
  const known = [...ALARMED_METRICS, ...shownMetrics("any", true)];
  const filters = resources(stack, "aws_cloudwatch_log_metric_filter");
  return sum(
    filters.map(({ metric_transformation: made }) => {
      const metric = known.find(({ name }) => name === (made as { name: string }).name);
      return metric?.dimension?.values.length ?? 1;
    }),
  );
}

/** What accounts forward in a month at rest. */
const forwardedEvents = (accounts: number) => accounts * DRILL.aDay * DAYS * DRILL.events;
const forwardedGb = (accounts: number) => (forwardedEvents(accounts) * BYTES.event) / 1e9;

/** What the security account pays, for so many target accounts. */
function securityAccount(accounts: number): number {
  const events = forwardedEvents(accounts);
  const gb = forwardedGb(accounts);
  return (
    alarms("security") * USD.alarmMonth +
    dashboards.length * USD.dashboardMonth +
    // Of the look for silent accounts.
    USD.customMetricMonth +
    resources(app["security"], "aws_kms_key").length * USD.kmsKeyMonth +
    gb * (USD.logGb + USD.archiveGb) +
    events * 0.2 * USD.lambdaGbSecond
  );
}

/** What all channels together add. */
function channels() {
  const more = (type: string) => resources(told, type).length - resources(app["security"], type).length;
  const functions = more("aws_lambda_function");
  const { gb } = functionOf("security-notifier-chat", told);
  return {
    alarms: more("aws_cloudwatch_metric_alarm"),
    /** Of one alert, and of what a function is asked in vain: each is started for a second. Inferred. */
    started: functions * (USD.lambdaRequest + gb * USD.lambdaGbSecond + (BYTES.log * USD.logGb) / 1e9),
    alert: USD.securityHubFinding + USD.snsHttp + WEBHOOKS * (USD.event + USD.apiDestination),
  };
}

/** At rest, channels are asked about the drill of each account that people get, and pass on none. */
function channelsAtRest(accounts: number): number {
  const { alarms: ofChannels, started } = channels();
  return ofChannels * USD.alarmMonth + ((accounts * DAYS) / 7) * started;
}

const each = sum(Object.values(targetAccount()));
const organization = (accounts: number) => accounts * each + securityAccount(accounts);

/** Calls of a whole sweep of an account in which all is well. */
async function callsOfSweep(): Promise<number> {
  const now = Date.parse("2026-06-01T12:00:00Z");
  const account = deployedAccount(now);
  let calls = 0;
  account.answers.refuse = () => calls++;
  await checkHealthOf(account, now);
  return USER_CALLS + calls;
}

test("a target account at rest costs at most 0.30 USD a month, with its sweeps and a drill a day", () => {
  expect(each).toBeLessThanOrEqual(0.3);
});

test("no metric of a target account has a value at rest", () => {
  // EMF lines and the metric filter write a value only for what happened.
  const filters = resources(target, "aws_cloudwatch_log_metric_filter");

  expect(filters.map(({ metric_transformation: made }) => made)).toEqual([
    expect.not.objectContaining({ default_value: expect.anything() }),
  ]);
});

test("no metric of the audit log has a value while nothing happens", () => {
  const filters = resources(app["security"], "aws_cloudwatch_log_metric_filter");

  expect(filters.length).toBeGreaterThan(5);
  for (const { metric_transformation: made } of filters) {
    expect(made).not.toHaveProperty("default_value");
  }
});

test("a look at the parts costs at most 40 calls", async () => {
  expect(await callsOfSweep()).toBeLessThanOrEqual(40);
});

test("docs/costs.md says what the calculation says", async () => {
  const document = readFileSync(path.join(__dirname, "../../docs/costs.md"), "utf8").replace(/ +/g, " ");
  const { alarms: ofAlarms, sweeps, drills, traffic } = targetAccount();
  const events = (await callsOfSweep()) * sweepsAMonth();
  const { alarms: ofChannels, started, alert } = channels();
  const metrics = countedMetrics(app["security"]);
  const week = (forwardedGb(1_000) * 7) / DAYS;
  const rows = [
    `| | ${alarms("payments")} CloudWatch alarms | ${usd(ofAlarms, 3)} |`,
    `| | a sweep every 15 minutes | ${usd(sweeps, 3)} |`,
    `| | a drill a day | ${usd(drills, 3)} |`,
    `| | logs, queue, events and mail | ${usd(traffic, 3)} |`,
    `| | together | ${usd(each, 3)} |`,
    `| | ${alarms("security")} CloudWatch alarms | ${usd(alarms("security") * USD.alarmMonth)} |`,
    `| | the metric \`SilentAccounts\`, which is written each hour | ${usd(USD.customMetricMonth)} |`,
    `| | dashboard \`security-events\` | ${usd(USD.dashboardMonth)}; the first three of an organization are free |`,
    `| | ${metrics} metrics of the audit log, each in the hours in which it has a value | 0 at rest, at most ${usd(metrics * USD.customMetricMonth)} |`,
    `| | with Security Hub, a chat and two webhooks: ${ofChannels} CloudWatch alarms | ${usd(ofChannels * USD.alarmMonth)} |`,
    `| | the same channels, for 1,000 alerts | ${usd(1_000 * (started + alert), 3)} |`,
    ...SIZES.map((accounts) => {
      const alone = organization(accounts);
      const where = accounts === SIZES[0] ? "organization " : "";
      const both = `${usd(alone)}; ${usd(alone + channelsAtRest(accounts))} with these channels`;
      return `| ${where}| ${accounts.toLocaleString("en")} target accounts | ${both} |`;
    }),
  ];

  expect(rows.filter((row) => !document.includes(row))).toEqual([]);
  expect(document).toContain(`${usd(TABLES * week * USD.insightsGb, 3)} for a week of 1,000 accounts`);
  expect(document).toContain(`${Math.round(events / 1_000)},000 calls a month`);
  expect(document).toContain(`${usd(events * USD.guardDutyEvent)} where GuardDuty`);
  expect(document).toContain(`${usd(events * USD.secondTrailEvent)} where a second trail`);
});
