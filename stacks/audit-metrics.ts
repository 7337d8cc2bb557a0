import { DRILL_NAME, RESPONDER_NAME, SWEEP_SOURCE, type OutcomeStatus } from "../functions/contract";
import { ALARM_PREFIX } from "./names";

/** What is counted in the audit log: a metric filter, as plain data. */
export interface AuditMetric {
  /** End of the filter's name, and the construct's id. */
  readonly id: string;
  /** Name of the metric in the namespace of this project. */
  readonly name: string;
  /** At most 1,024 characters. */
  readonly pattern: string;
  /** Selector of the number that counts. @default - 1 for each event */
  readonly value?: string;
  /** @default "Count" */
  readonly unit?: "Seconds";
  /**
   * A dimension by its selector. Each of its values is a metric with a price, and what an event says, the
   * account that sent it has chosen: so the pattern lets through `values` alone.
   */
  readonly dimension?: {
    readonly name: string;
    readonly selector: string;
    readonly values: readonly string[];
  };
}

const OUTCOME = "$.detail.responsePayload";
const CALL = "$.detail";

/** A condition. A star at the beginning or the end of a value stands for any text. */
const is = (selector: string, value: string) => `(${selector} = "${value}")`;
const isNot = (selector: string, value: string) => `(${selector} != "${value}")`;
const isMissing = (selector: string) => `(${selector} NOT EXISTS)`;
const all = (...conditions: readonly string[]) => `(${conditions.join(" && ")})`;
const any = (...conditions: readonly string[]) => `(${conditions.join(" || ")})`;
const pattern = (condition: string) => `{ ${condition} }`;
const isOneOf = (selector: string, values: readonly string[]) =>
  any(...values.map((value) => is(selector, value)));

const FROM_LAMBDA = is("$.source", "lambda");
const FROM_SWEEP = is("$.source", SWEEP_SOURCE);
const FROM_ALARM = is("$.source", "aws.cloudwatch");
/** Nobody but AWS can use such a source. */
const FROM_AWS = is("$.source", "aws.*");
/** Leaves out the users of drills: there is one each day, which would hide the other users. */
const NO_DRILL = isMissing(`${OUTCOME}.drill`);

/**
 * Outcomes that say what became of a user. That nothing was to be done (`HELD`, `IGNORED`) comes after every
 * drill, and says no more.
 */
export const COUNTED_OUTCOMES = [
  "QUARANTINED",
  "OBSERVED",
  "TRUSTED",
  "VANISHED",
  "RESTORED",
  "ABANDONED",
  "RELEASED",
] as const satisfies readonly OutcomeStatus[];

export const RESPONSES = {
  id: "responses",
  name: "Responses",
  pattern: pattern(all(FROM_LAMBDA, NO_DRILL, isOneOf(`${OUTCOME}.status`, COUNTED_OUTCOMES))),
  dimension: { name: "Status", selector: `${OUTCOME}.status`, values: COUNTED_OUTCOMES },
} as const satisfies AuditMetric;

/** From the time that CloudTrail states for the creation: see `Outcome.secondsToContain`. */
export const SECONDS_TO_CONTAINED: AuditMetric = {
  id: "seconds-to-contained",
  name: "SecondsToContained",
  pattern: pattern(
    all(
      ...[FROM_LAMBDA, NO_DRILL, is(`${OUTCOME}.status`, "QUARANTINED")],
      // A later delivery of an event that was answered long ago.
      ...[`(${OUTCOME}.answeredElsewhere IS FALSE)`, `(${OUTCOME}.secondsToContain >= 0)`],
    ),
  ),
  value: `${OUTCOME}.secondsToContain`,
  unit: "Seconds",
};

/**
 * The outcome of a response that fails; what fails without one leaves dead letters, which the sweep
 * reports, or alarms where no sweep runs. A drill that fails is such a response too, and says so itself.
 */
export const FAILED_RESPONSES: AuditMetric = {
  id: "failed-responses",
  name: "FailedResponses",
  pattern: pattern(
    any(
      all(FROM_LAMBDA, is(`${OUTCOME}.status`, "FAILED")),
      all(FROM_SWEEP, is("$.detail.findings[*].kind", "dead-letters")),
      all(
        FROM_ALARM,
        is("$.detail.state.value", "ALARM"),
        isOneOf("$.detail.alarmName", [`${ALARM_PREFIX}errors`, "*dead-letters"]),
      ),
    ),
  ),
};

/** Responses and drills that ended, and of which a step did not. */
export const INCOMPLETE_RESPONSES: AuditMetric = {
  id: "incomplete-responses",
  name: "IncompleteResponses",
  pattern: pattern(all(FROM_LAMBDA, is(`${OUTCOME}.failed[0].step`, "*"))),
};

/** New users that no event reported: the sweep found them. */
export const RECOVERED_EVENTS: AuditMetric = {
  id: "recovered-events",
  name: "RecoveredEvents",
  pattern: pattern(
    all(
      FROM_LAMBDA,
      is(`${OUTCOME}.foundBy`, "sweep"),
      isOneOf(`${OUTCOME}.status`, ["QUARANTINED", "OBSERVED", "TRUSTED"]),
    ),
  ),
};

/** Reports of sweeps that parts of their account are not as deployed. */
export const UNHEALTHY_REPORTS: AuditMetric = {
  id: "unhealthy-reports",
  name: "UnhealthyReports",
  pattern: pattern(all(FROM_SWEEP, is("$.detail.status", "UNHEALTHY"))),
};

/** Alarms of target accounts that went off. */
export const TARGET_ALARMS: AuditMetric = {
  id: "target-alarms",
  name: "TargetAlarms",
  pattern: pattern(all(FROM_ALARM, is("$.detail.alarmName", `${ALARM_PREFIX}*`))),
};

/** Refused calls that would have undone a quarantine, or changed a part of it. */
export const REFUSED_TAMPERING: AuditMetric = {
  id: "refused-tampering",
  name: "RefusedTampering",
  pattern: pattern(all(FROM_AWS, is(`${CALL}.errorCode`, "*"))),
};

/** Of the role behind a session. */
const ROLE = `${CALL}.userIdentity.sessionContext.sessionIssuer.arn`;

/** A call that changed a part of this project: what else is recorded are creations, and refusals. */
const CHANGE = [
  FROM_AWS,
  is(`${CALL}.eventName`, "*"),
  isNot(`${CALL}.eventName`, "CreateUser"),
  isMissing(`${CALL}.errorCode`),
];

/**
 * Changes by the deployment role, and by everybody but the project's own roles. By the name of the role, in
 * any account and path: a path of 512 characters would not fit. That is enough to be counted; whom the mail
 * leaves out, the notifier decides by the whole ARN.
 */
export function changes(deploymentRole: string): readonly [byRollout: AuditMetric, byOthers: AuditMetric] {
  const named = (role: string) => `*/${role.split("/").at(-1) ?? ""}`;
  const own = [deploymentRole, RESPONDER_NAME, DRILL_NAME].map(named);
  return [
    {
      id: "changes-by-rollout",
      name: "ChangesByRollout",
      pattern: pattern(all(...CHANGE, is(ROLE, named(deploymentRole)))),
    },
    {
      id: "changes-by-others",
      name: "ChangesByOthers",
      pattern: pattern(all(...CHANGE, any(isMissing(ROLE), all(...own.map((role) => isNot(ROLE, role)))))),
    },
  ];
}

export const DRILLS = {
  id: "drills",
  name: "Drills",
  pattern: pattern(
    all(FROM_LAMBDA, is(`${OUTCOME}.kind`, "drill"), isOneOf(`${OUTCOME}.status`, ["PASSED", "FAILED"])),
  ),
  dimension: { name: "Status", selector: `${OUTCOME}.status`, values: ["PASSED", "FAILED"] },
} as const satisfies AuditMetric;

/** What alarms need, whether there is a dashboard or not. */
export const ALARMED_METRICS: readonly AuditMetric[] = [FAILED_RESPONSES, SECONDS_TO_CONTAINED];

/** What the dashboard shows besides. */
export function shownMetrics(deploymentRole: string, hasDrills: boolean): AuditMetric[] {
  return [
    ...[RESPONSES, INCOMPLETE_RESPONSES, RECOVERED_EVENTS, UNHEALTHY_REPORTS, TARGET_ALARMS],
    ...[REFUSED_TAMPERING, ...changes(deploymentRole)],
    ...(hasDrills ? [DRILLS] : []),
  ];
}
