import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import {
  HEALTH_DETAIL_TYPE,
  REPORT_EVERY_HOURS,
  SEVERITIES,
  SWEEP_NAME,
  SWEEP_SOURCE,
  type HealthFinding,
  type HealthOutcome,
} from "../../contract";
import { errorText } from "../../shared/aws-error";
import type { Deadline } from "../../shared/deadline";
import type { Log } from "../../shared/log";
import { listing } from "../../shared/text";
import { SweepError } from "../errors";
import type { SweepSettings } from "../settings";
import { AccountArns } from "./account-arns";
import { compareParts, NO_EXPECTATIONS, unreadable, type Finding } from "./compare";
import { readLastReport, REPORT_FIELD, type LastReport } from "./last-report";
import { readExpectedParts } from "./parts";
import { readParts, type HealthClients } from "./read-parts";

const HOUR_MS = 3_600_000;

/** An unchanged result is reported again after this time, which also shows that the sweep runs. */
const REPEAT_MS = REPORT_EVERY_HOURS * HOUR_MS;

/** The most findings in a report: they fit into an event of 256 KB. */
const MAX_FINDINGS = 60;

/** With less time than this, in milliseconds, the health check is left to the next sweep. */
const ENOUGH_MS = 20_000;

export interface HealthCheckDependencies extends HealthClients {
  readonly clock: () => number;
  readonly log: Log;
}

/**
 * Checks the parts of the account, and puts a report on the default bus: when the result differs from the
 * last report, and once a day. The sweep's own function and rule are left out, since a changed sweep could
 * not be relied on to report itself.
 *
 * @param event What invoked the sweep.
 * @param variables The sweep's environment.
 * @throws SweepError when the report does not reach the bus
 */
export async function checkHealth(
  event: unknown,
  settings: SweepSettings,
  variables: Readonly<Record<string, string | undefined>>,
  dependencies: HealthCheckDependencies,
  deadline: Deadline,
): Promise<void> {
  const { clock, log, logs } = dependencies;
  if (deadline.remaining() < ENOUGH_MS) {
    log.warn("The look at the account's parts is left to the next sweep");
    return;
  }
  const now = clock();
  const expected = readExpectedParts(event);
  const arns = new AccountArns(settings);
  const findings =
    expected === undefined
      ? [NO_EXPECTATIONS]
      : compareParts(await readParts(expected, arns, dependencies, deadline, now), {
          ...{ expected, arns, variables, now },
        });
  let last: LastReport | undefined;
  try {
    last = await readLastReport(logs, now - REPEAT_MS - HOUR_MS, deadline);
  } catch (error) {
    findings.push(unreadable(`log of ${SWEEP_NAME}`, errorText(error)));
  }
  const period = settings.everyMinutes * 60_000;
  const isSame = isSameAs(last, findings);
  if (!isSame || isOld(last, now, period)) {
    const alerted = !isSame || findings.length > 0;
    await report(outcomeOf(findings, last, { ...settings, alerted }, now), dependencies, deadline);
  }
}

function isSameAs(last: LastReport | undefined, findings: readonly Finding[]): boolean {
  const before = (last?.findings ?? []).map(keyOf);
  const keys = findings.slice(0, MAX_FINDINGS).map(keyOf);
  return keys.length === before.length && keys.every((key) => before.includes(key));
}

/** Half a period is subtracted, since a sweep may start early. */
function isOld(last: LastReport | undefined, now: number, period: number): boolean {
  return now - (last?.at ?? 0) >= REPEAT_MS - period / 2;
}

function keyOf({ kind, place, found }: Pick<Finding, "kind" | "place" | "found">): string {
  return [kind, place, found].join("\n");
}

/** The report about the findings. */
export function outcomeOf(
  all: readonly Finding[],
  last: LastReport | undefined,
  {
    accountId,
    accountName,
    version,
    alerted,
  }: Pick<SweepSettings, "accountId" | "accountName" | "version"> & Pick<HealthOutcome, "alerted">,
  now: number,
): HealthOutcome {
  const lookedAt = new Date(now).toISOString();
  const findings = all.slice(0, MAX_FINDINGS).map((finding): HealthFinding => {
    const earlier = last?.findings.find(
      ({ kind, place }) => kind === finding.kind && place === finding.place,
    );
    return { ...finding, since: earlier?.since ?? lookedAt };
  });
  const severity = SEVERITIES.findLast((each) => all.some((finding) => finding.severity === each)) ?? "LOW";
  const places = listing([...new Set(all.map(({ place }) => place))], 5);
  return {
    schemaVersion: "1",
    kind: "health",
    status: all.length === 0 ? "HEALTHY" : "UNHEALTHY",
    summary:
      all.length === 0
        ? `The parts of the quarantine in account ${accountName} (${accountId}) are as they should be${alerted ? " again" : ""}.`
        : `${all.length} ${all.length === 1 ? "finding" : "findings"} about the parts of the quarantine in ` +
          `account ${accountName} (${accountId}): ${places}.`,
    ...{ accountId, accountName, version, lookedAt, alerted, severity, findings },
  };
}

async function report(
  outcome: HealthOutcome,
  { events, log }: HealthCheckDependencies,
  deadline: Deadline,
): Promise<void> {
  const command = new PutEventsCommand({
    Entries: [{ Source: SWEEP_SOURCE, DetailType: HEALTH_DETAIL_TYPE, Detail: JSON.stringify(outcome) }],
  });
  const { Entries = [], FailedEntryCount = 0 } = await deadline.run((options) =>
    events.send(command, options),
  );
  if (FailedEntryCount > 0) {
    const [{ ErrorCode = "", ErrorMessage = "" } = {}] = Entries;
    throw new SweepError(`The default bus did not take the report: ${ErrorCode}: ${ErrorMessage}`);
  }
  // The next health check reads this line.
  const { status, findings, lookedAt } = outcome;
  log.info("The look at the account's parts was reported", {
    status,
    [REPORT_FIELD]: {
      at: lookedAt,
      findings: findings.map(({ kind, place, found, since }) => ({ kind, place, found, since })),
    },
  });
}
