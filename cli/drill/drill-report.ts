import Table from "cli-table3";
import type { DrillOutcome } from "../../functions/contract";
import { escapeControlCharacters } from "../escape-control-characters";
import { EXIT, type ExitCode } from "../exit-codes";
import type { Colors } from "../shell";
import type { DrillRun } from "./run-drill";

/** One account's drill. */
export interface DrillRow {
  readonly account: string;
  readonly accountId: string;
  /** Milliseconds since the epoch; undefined before it begins. */
  startedAt?: number;
  /** Undefined until it has ended. */
  run?: DrillRun;
  /** Until the audit log had the response; null if it did not arrive, or could not be read. */
  secondsToAudited?: number | null;
}

/** 1 unless every expected drill passed, and at least one: no drill proves nothing. */
export function drillExitCode(rows: readonly DrillRow[]): ExitCode {
  const isBad = ({ run }: DrillRow) =>
    run?.kind === "not-deployed" ? !run.isExpected : run?.kind !== "ended" || run.outcome.status !== "PASSED";
  const hasPassed = rows.some(({ run }) => run?.kind === "ended" && run.outcome.status === "PASSED");
  return hasPassed && !rows.some(isBad) ? EXIT.done : EXIT.failed;
}

/** The result for machines. */
export function drillJson(rows: readonly DrillRow[], startedAt: number, endedAt: number): object {
  return {
    schemaVersion: 1,
    command: "drill",
    startedAt: new Date(startedAt).toISOString(),
    endedAt: new Date(endedAt).toISOString(),
    accounts: rows.map(({ account, accountId, run, secondsToAudited }) => ({
      account,
      accountId,
      ...(run?.kind === "ended"
        ? {
            result: run.outcome.status.toLowerCase(),
            secondsToContained: run.outcome.secondsToContained,
            secondsToDenied: run.outcome.secondsToDenied,
            secondsToAudited: secondsToAudited ?? null,
            userName: run.outcome.userName,
            version: run.outcome.version,
            failed: run.outcome.failed,
            leftOvers: run.outcome.leftOvers,
          }
        : {}),
      ...(run?.kind === "not-deployed" ? { result: "not-deployed", advice: run.advice } : {}),
      ...(run?.kind === "error" ? { result: "error", error: run.error } : {}),
      ...(run?.kind === "stopped" ? { result: "stopped" } : {}),
      ...(run === undefined ? { result: "not-begun" } : {}),
    })),
  };
}

/** One row for each account, with the seconds from the creation of the drill's user to each step. */
export function drillTable(rows: readonly DrillRow[], now: number, colors: Colors): string {
  const table = new Table({
    head: ["account", "id", "contained", "denied", "audited", "result"],
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    const [contained, denied] =
      row.run?.kind === "ended"
        ? [row.run.outcome.secondsToContained, row.run.outcome.secondsToDenied]
        : [undefined, undefined];
    const cells = [contained, denied, row.secondsToAudited];
    table.push([
      row.account,
      row.accountId,
      ...cells.map((seconds) => ({ content: formatSeconds(seconds), hAlign: "right" as const })),
      describe(row, now, colors),
    ]);
  }
  return table.toString();
}

function formatSeconds(seconds: number | null | undefined): string {
  return typeof seconds === "number" ? `${seconds.toFixed(1)} s` : "-";
}

function describe({ run, startedAt }: DrillRow, now: number, colors: Colors): string {
  switch (run?.kind) {
    case undefined:
      return startedAt === undefined ? "not begun" : `running, ${Math.floor((now - startedAt) / 1_000)} s`;
    case "ended":
      return run.outcome.status === "PASSED" ? "passed" : colors.red(run.outcome.status);
    case "not-deployed":
      return run.isExpected ? "not deployed" : colors.red("NOT DEPLOYED");
    case "error":
      return colors.red("ERROR");
    case "stopped":
      return "stopped";
  }
}

/** The result for people: the table, every failed step with its reason, and a summary. */
export function drillText(rows: readonly DrillRow[], now: number, colors: Colors): string {
  const count = (status: DrillOutcome["status"]) =>
    rows.filter(({ run }) => run?.kind === "ended" && run.outcome.status === status).length;
  const [passed, skipped] = [count("PASSED"), count("SKIPPED")];
  const absent = rows.filter(({ run }) => run?.kind === "not-deployed").length;
  const unknown = rows.filter(({ run }) => run === undefined || run.kind === "stopped").length;
  const failed = rows.length - passed - skipped - absent - unknown;
  return [
    drillTable(rows, now, colors),
    ...rows.flatMap((row) => detailsOf(row).map(escapeControlCharacters)),
    [
      `${passed} passed, ${failed} failed, ${absent} without a drill`,
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
      ...(unknown > 0 ? [`${unknown} not known`] : []),
    ].join(", "),
  ].join("\n");
}

/** One line for an account whose drill has not passed. */
export function detailsOf({ account, run }: DrillRow): string[] {
  switch (run?.kind) {
    case "ended":
      return run.outcome.status === "SKIPPED"
        ? [`${account}: ${run.outcome.summary}`]
        : run.outcome.failed.map(({ step, error }) => `${account}: ${step}: ${error}`);
    case "not-deployed":
      return [`${account}: quarantine-drill is not deployed: ${run.advice}`];
    case "error":
      return [`${account}: ${run.error}`];
    case "stopped":
      return [
        `${account}: the command stopped waiting: its drill continues in the account and removes its user`,
      ];
    case undefined:
      return [];
  }
}
