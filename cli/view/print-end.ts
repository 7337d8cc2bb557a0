import type { Report } from "../report/report";
import { print, printJson, type Shell } from "../shell";
import { describeEnd } from "./rollout-text";

/** Prints the end of a run on stdout: for people, or the report as JSON. */
export function printEnd(shell: Shell, report: Report, json: boolean): void {
  if (json) {
    printJson(shell, report);
  } else {
    print(shell, describeEnd(report, shell));
  }
}
