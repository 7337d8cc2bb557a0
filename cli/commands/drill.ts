import { setTimeout as sleep } from "node:timers/promises";
import { Option, type Command } from "commander";
import { messageOf } from "../../functions/shared/message-of";
import { runConcurrently } from "../../functions/shared/run-concurrently";
import { loadRollout } from "../../stacks/config/load";
import type { DrillRow } from "../drill/drill-report";
import { EXIT } from "../exit-codes";
import { roleName, wholeNumber } from "../option-values";
import { describeRights } from "../policies/command-rights";
import { reportFileOf, writeReport } from "../report/report-file";
import { interruptible } from "../run/interrupts";
import { addSelectionOptions, type SelectionOptions } from "../selection/options";
import { selectTargetAccounts } from "../selection/select-stacks";
import { colorsFor, note, print, printJson, type Shell } from "../shell";
import { openDrillView } from "../view/drill-view";

interface DrillOptions extends SelectionOptions {
  readonly concurrency: number;
  readonly role?: string;
  readonly mail?: true;
  readonly json?: true;
  readonly report: string;
}

/**
 * Concurrent drills. Each waits for AWS most of the time, and the audit log allows a few lookups per second.
 */
const CONCURRENCY = 20;
const REPORT = "drill-report.json";

const HELP = `
Invokes quarantine-drill in every selected account. The function creates a user with an access key and no permissions,
waits until the response denies that key, and deletes the user. The table shows the seconds from the creation of the
user until IAM shows the deny (contained), until the user's own key is refused (denied), and until the security
account's audit log has the response (audited; - if that log cannot be read, or has no response within 90 s).

The function exists in accounts with mode enforce, if drill.everyHours is above 0. The check for silent accounts counts
scheduled drills only, not those of this command. An account in which another drill may be running is skipped.

With --role, the role needs these permissions; policies --may-drill generates one (QuarantineDrill). The audited seconds
need the log:
${describeRights("drill")}

Ctrl-C stops waiting, and prints and writes the results so far. Running drills continue in their accounts.

Exit code 0: all drills passed; 1: a drill failed, a drill is missing, or none was run; 130: you stopped it.

Examples:
  npm run quarantine -- drill
  npm run quarantine -- drill --wave canary --mail
  npm run quarantine -- drill --account 'pay*' --role QuarantineDrill --json`;

/** `drill`: tests the response in several accounts at once. */
export function registerDrill(program: Command, shell: Shell): void {
  const command = program
    .command("drill")
    .description("test in several accounts at once that a new user is denied, and in how many seconds");
  addSelectionOptions(command, "only the accounts of this wave")
    .addOption(
      new Option("-c, --concurrency <count>", "drills at once")
        .argParser(wholeNumber(1))
        .default(CONCURRENCY),
    )
    .addOption(
      new Option("--role <name>", "role to assume in the accounts instead of deploymentRole").argParser(
        roleName,
      ),
    )
    .option("--mail", "also send the mail about the user of the drill, to test that mail arrives")
    .addOption(new Option("--report <file>", "file for the report").default(REPORT))
    .option("--json", "print the report as JSON on stdout; progress goes to stderr")
    .addHelpText("after", HELP)
    .action((options: DrillOptions) => runDrills(shell, options));
}

async function runDrills(shell: Shell, options: DrillOptions): Promise<void> {
  const configured = loadRollout(shell.env, shell.cwd);
  const rollout = options.role === undefined ? configured : { ...configured, assumedRole: options.role };
  const reportFile = reportFileOf(shell, options.report);
  const accounts = await selectTargetAccounts(rollout, options, shell);
  const { drillExitCode, drillJson, drillText } = await import("../drill/drill-report.ts");
  const { runDrill } = await import("../drill/run-drill.ts");
  const { openAuditLog } = await import("../drill/audited.ts");
  const startedAt = Date.now();
  const drills = accounts.map((account) => {
    const row: DrillRow = { account: account.name, accountId: account.id };
    return { account, row };
  });
  const rows = drills.map(({ row }) => row);
  const view = await openDrillView(shell, rows);
  const isInterrupted = await interruptible(process, async (signal) => {
    const rest = (ms: number) => sleep(ms, undefined, { signal }).catch(() => undefined);
    const audit = await openAuditLog(rollout, (why) => view.say(why), rest, signal);
    try {
      await runConcurrently(drills, options.concurrency, async ({ account, row }) => {
        if (signal.aborted) {
          return;
        }
        row.startedAt = Date.now();
        row.run = await runDrill(rollout, account, options.mail === true ? "people" : "nobody", signal);
        if (row.run.kind === "ended" && row.run.outcome.userName !== "") {
          const { userName } = row.run.outcome;
          const drill = { accountId: account.id, userName, startedAt: row.startedAt };
          row.secondsToAudited = (await audit.secondsTo(drill)) ?? null;
        }
        view.ended(row);
      });
    } finally {
      view.close();
      audit.close();
    }
    return signal.aborted;
  });
  const report = drillJson(rows, startedAt, Date.now());
  shell.exitCode = isInterrupted ? EXIT.interrupted : drillExitCode(rows);
  if (options.json === true) {
    printJson(shell, report);
  } else {
    print(shell, drillText(rows, Date.now(), colorsFor(shell.stdout, shell)));
  }
  try {
    writeReport(reportFile, report);
  } catch (error) {
    note(shell, `The report could not be written: ${messageOf(error)}`);
    shell.exitCode = EXIT.failed;
  }
}
