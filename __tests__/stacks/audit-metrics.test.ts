import { compileFilterPattern, selectValue } from "../../lab/cloudwatch/filter-pattern";
import {
  ALARMED_METRICS,
  changes,
  DRILLS,
  FAILED_RESPONSES,
  INCOMPLETE_RESPONSES,
  RECOVERED_EVENTS,
  REFUSED_TAMPERING,
  RESPONSES,
  SECONDS_TO_CONTAINED,
  shownMetrics,
  TARGET_ALARMS,
  UNHEALTHY_REPORTS,
  type AuditMetric,
} from "../../stacks/audit-metrics";
import { apiCallEvent, MEMBER, sessionOf } from "../support/functions/api-call-event";
import { drillEnded, drillUserCreated, drillUserQuarantined } from "../support/functions/drill-events";
import { change, loadFixture } from "../support/load-fixture";

const DEPLOYMENT_ROLE = "ci/Deployer";
const [BY_ROLLOUT, BY_OTHERS] = changes(DEPLOYMENT_ROLE);
/** A path may be as long as 512 characters, a name as 64. */
const LONGEST_ROLE = `${"p".repeat(511)}/${"r".repeat(64)}`;

const recorded = (name: string) => loadFixture(`central-events/${name}`);
/** The recorded outcome of a quarantine with other fields. */
const outcome = (fields: Readonly<Record<string, unknown>>) =>
  Object.entries(fields).reduce(
    (event, [field, value]) => change(event, `detail.responsePayload.${field}`, value),
    recorded("quarantined"),
  );
const health = (status: string, ...kinds: readonly string[]) => ({
  ...{ source: "quarantine-sweep", "detail-type": "Quarantine Health", account: MEMBER },
  detail: { kind: "health", status, findings: kinds.map((kind) => ({ kind, place: "x" })) },
});
const alarm = (alarmName: string, state = "ALARM") =>
  change(change(recorded("alarm"), "detail.alarmName", alarmName), "detail.state.value", state);
const roleOf = (name: string) => `arn:aws:iam::${MEMBER}:role/${name}`;
const disabled = (userIdentity?: unknown) =>
  apiCallEvent({ service: "events", eventName: "DisableRule", ...(userIdentity ? { userIdentity } : {}) });
const refused = apiCallEvent({
  ...{ service: "events", eventName: "DisableRule", errorCode: "AccessDenied" },
});

const DRILL_RESPONSE = drillUserQuarantined();
const CREATION = apiCallEvent({ service: "iam", eventName: "CreateUser" });

type Case = readonly [title: string, metric: AuditMetric, event: unknown, counts: boolean];

const CASES: readonly Case[] = [
  ["a recorded quarantine", RESPONSES, recorded("quarantined"), true],
  ["a recorded observation", RESPONSES, recorded("observed"), true],
  ["a quarantine put back", RESPONSES, outcome({ status: "RESTORED" }), true],
  ["the user of a drill", RESPONSES, DRILL_RESPONSE, false],
  ["a look that found nothing", RESPONSES, outcome({ status: "HELD" }), false],
  ["a status that somebody made up", RESPONSES, outcome({ status: "QUARANTINED2" }), false],
  ["another source", RESPONSES, change(recorded("quarantined"), "source", "custom.lambda"), false],

  ["a recorded quarantine", SECONDS_TO_CONTAINED, recorded("quarantined"), true],
  ["an observation", SECONDS_TO_CONTAINED, recorded("observed"), false],
  ["seconds that nobody knows", SECONDS_TO_CONTAINED, outcome({ secondsToContain: null }), false],
  ["seconds below zero", SECONDS_TO_CONTAINED, outcome({ secondsToContain: -3 }), false],
  ["a second delivery", SECONDS_TO_CONTAINED, outcome({ answeredElsewhere: true }), false],
  ["the user of a drill", SECONDS_TO_CONTAINED, DRILL_RESPONSE, false],

  ["a drill that failed", FAILED_RESPONSES, drillEnded({ status: "FAILED" }), true],
  ["a drill that passed", FAILED_RESPONSES, drillEnded(), false],
  ["dead letters", FAILED_RESPONSES, health("UNHEALTHY", "rule", "dead-letters"), true],
  ["another finding", FAILED_RESPONSES, health("UNHEALTHY", "rule"), false],
  ["an account in which all is well", FAILED_RESPONSES, health("HEALTHY"), false],
  ["an alarm on errors", FAILED_RESPONSES, alarm("security-response-errors"), true],
  ["an alarm on new dead letters", FAILED_RESPONSES, alarm("security-response-new-dead-letters"), true],
  ["another alarm", FAILED_RESPONSES, alarm("security-response-throttles"), false],

  [
    "a step that failed",
    INCOMPLETE_RESPONSES,
    outcome({ failed: [{ step: "tag the user", error: "x" }] }),
    true,
  ],
  ["a quarantine without one", INCOMPLETE_RESPONSES, recorded("quarantined"), false],

  ["a creation that the sweep found", RECOVERED_EVENTS, outcome({ foundBy: "sweep" }), true],
  ["a gap that it found", RECOVERED_EVENTS, outcome({ foundBy: "sweep", status: "RESTORED" }), false],
  ["a creation of which an event told", RECOVERED_EVENTS, recorded("quarantined"), false],

  ["a finding", UNHEALTHY_REPORTS, health("UNHEALTHY", "trail"), true],
  ["an account that is well again", UNHEALTHY_REPORTS, health("HEALTHY"), false],

  ["a recorded alarm", TARGET_ALARMS, recorded("alarm"), true],
  ["somebody else's", TARGET_ALARMS, alarm("billing"), false],

  ["a refusal", REFUSED_TAMPERING, refused, true],
  ["a call that was not refused", REFUSED_TAMPERING, disabled(), false],
  ["a refusal that somebody made up", REFUSED_TAMPERING, { ...refused, source: "custom.events" }, false],

  ["the deployment role", BY_ROLLOUT, disabled(sessionOf(roleOf(DEPLOYMENT_ROLE))), true],
  ["a role of a like name", BY_ROLLOUT, disabled(sessionOf(roleOf("ci/Deployer2"))), false],
  ["the creation of a user", BY_ROLLOUT, drillUserCreated({}, sessionOf(roleOf(DEPLOYMENT_ROLE))), false],
  ["a user", BY_ROLLOUT, disabled(), false],

  ["a user", BY_OTHERS, disabled(), true],
  ["a role", BY_OTHERS, disabled(sessionOf(roleOf("Admin"))), true],
  ["the deployment role", BY_OTHERS, disabled(sessionOf(roleOf(DEPLOYMENT_ROLE))), false],
  ["the responder", BY_OTHERS, disabled(sessionOf(roleOf("security-response"))), false],
  ["the drill, which tags its own role", BY_OTHERS, disabled(sessionOf(roleOf("quarantine-drill"))), false],
  ["the creation of a user", BY_OTHERS, CREATION, false],
  ["a refusal", BY_OTHERS, refused, false],

  ["a drill that passed", DRILLS, drillEnded(), true],
  ["a drill that failed", DRILLS, drillEnded({ status: "FAILED" }), true],
  ["a status that somebody made up", DRILLS, drillEnded({ status: "PASSED2" }), false],
];

test.each(CASES.map(([title, metric, ...rest]) => [metric.name, title, metric, ...rest] as const))(
  "%s of %s",
  (_, __, { pattern }, event, counts) => {
    expect(compileFilterPattern(pattern)(JSON.stringify(event))).toBe(counts);
  },
);

const every = [...ALARMED_METRICS, ...shownMetrics(DEPLOYMENT_ROLE, true)];

test("each metric has a case that counts, and one that does not", () => {
  const covered = (counts: boolean) =>
    new Set(CASES.filter(([, , , each]) => each === counts).map(([, { name }]) => name));

  for (const { name } of every) {
    expect([covered(true).has(name), covered(false).has(name)]).toEqual([true, true]);
  }
});

test("the seconds are those of the recorded outcome", () => {
  expect(selectValue(SECONDS_TO_CONTAINED.value ?? "", JSON.stringify(recorded("quarantined")))).toBe(3.057);
});

test("no account can make a metric: a dimension has the values of its pattern alone", () => {
  for (const { pattern, dimension } of every.filter((metric) => metric.dimension !== undefined)) {
    const compared = [...pattern.matchAll(/\(([^\s(]+) = "([^"]+)"\)/g)]
      .filter(([, selector]) => selector === dimension?.selector)
      .map(([, , value]) => value);

    expect(compared).toEqual(dimension?.values);
  }
});

test("patterns have at most the 1,024 characters that CloudWatch Logs takes, whatever the role is", () => {
  const longest = [...ALARMED_METRICS, ...shownMetrics(LONGEST_ROLE, true)].map(
    ({ pattern }) => pattern.length,
  );

  expect(Math.max(...longest)).toBeLessThanOrEqual(1_024);
});
