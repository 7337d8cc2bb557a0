import { paginateFilterLogEvents, type CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { functionLogGroup, SWEEP_NAME, type HealthFinding } from "../../contract";
import type { Deadline } from "../../shared/deadline";
import { isObject, objectAt, parseObject, stringAt, type JsonObject } from "../../shared/json";

/** Log group of the sweep. */
const SWEEP_LOG = functionLogGroup(SWEEP_NAME);

/** Field of the log line that a health check writes when it has reported. */
export const REPORT_FIELD = "healthReport";

/** The part of the last report that shows whether the next health check found the same. */
export interface LastReport {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly findings: readonly Pick<HealthFinding, "kind" | "place" | "found" | "since">[];
}

/**
 * The last report since `since`, in milliseconds since the epoch, from the sweep's own log. Anyone who may
 * write there can cause a finding to be repeated, or suppress it as long as they go on writing; the guard
 * refuses that.
 *
 * @returns undefined without one
 * @throws What CloudWatch Logs answers
 */
export async function readLastReport(
  logs: CloudWatchLogsClient,
  since: number,
  deadline: Deadline,
): Promise<LastReport | undefined> {
  return deadline.run(async (options) => {
    const input = {
      logGroupName: SWEEP_LOG,
      startTime: since,
      filterPattern: `{ $.${REPORT_FIELD}.at = "*" }`,
    };
    let last: LastReport | undefined;
    for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, input, options)) {
      for (const { message = "" } of events) {
        const report = reportIn(message);
        last = report !== undefined && report.at >= (last?.at ?? since) ? report : last;
      }
    }
    return last;
  });
}

function reportIn(line: string): LastReport | undefined {
  const report = objectAt(parseObject(line), REPORT_FIELD);
  const at = Date.parse(stringAt(report, "at") ?? "");
  const findings = report["findings"];
  return Number.isNaN(at) || !Array.isArray(findings)
    ? undefined
    : { at, findings: findings.filter(isObject).map(findingOf) };
}

function findingOf(finding: JsonObject): LastReport["findings"][number] {
  const text = (key: string): string => stringAt(finding, key) ?? "";
  return {
    kind: text("kind") as HealthFinding["kind"],
    place: text("place"),
    found: text("found"),
    since: text("since"),
  };
}
