import {
  FINDING_KINDS,
  HEALTH_STATUSES,
  SEVERITIES,
  type HealthFinding,
  type HealthOutcome,
} from "../contract";
import { isObject, stringAt, type JsonObject } from "../shared/json";
import { quoted } from "./quoted";
import { oneOf } from "./read-outcome";

/** As many as a sweep reports, as long as it makes them. */
const MAX_FINDINGS = 60;
const MAX_VALUE = 400;

/**
 * Reads the health report of another account's sweep. As with an outcome, every field is cleaned again, since
 * an administrator of that account can send anything.
 *
 * @returns Undefined for anything else: without a status that fits the findings, or with a finding of no kind
 */
export function readHealth(detail: JsonObject): HealthOutcome | undefined {
  const status = oneOf(HEALTH_STATUSES, detail["status"]);
  const list: readonly unknown[] = Array.isArray(detail["findings"]) ? detail["findings"] : [];
  const findings = list.slice(0, MAX_FINDINGS).map(readFinding);
  const isRead = findings.every((finding) => finding !== undefined);
  if (detail["kind"] !== "health" || status === undefined || !isRead) {
    return undefined;
  }
  if ((status === "HEALTHY") !== (findings.length === 0)) {
    return undefined;
  }
  const text = (key: string, max: number): string => quoted(stringAt(detail, key) ?? "", max);
  return {
    schemaVersion: "1",
    kind: "health",
    status,
    summary: text("summary", 1_000),
    accountId: text("accountId", 12),
    accountName: text("accountName", 100),
    version: text("version", 100),
    lookedAt: text("lookedAt", 40),
    // Earlier versions say nothing that nobody is to read.
    alerted: detail["alerted"] !== false,
    severity: oneOf(SEVERITIES, detail["severity"]) ?? "CRITICAL",
    findings,
  };
}

function readFinding(value: unknown): HealthFinding | undefined {
  const finding = isObject(value) ? value : {};
  const kind = oneOf(FINDING_KINDS, finding["kind"]);
  const text = (key: string, max: number): string => quoted(stringAt(finding, key) ?? "", max);
  return (
    kind && {
      kind,
      place: text("place", 200),
      expected: text("expected", MAX_VALUE),
      found: text("found", MAX_VALUE),
      severity: oneOf(SEVERITIES, finding["severity"]) ?? "CRITICAL",
      since: text("since", 40),
    }
  );
}
