import { Option, type Command } from "commander";
import { finishedIn, type Report } from "../report/report";
import { readReport, REPORT_FILE, reportFileOf } from "../report/report-file";
import { phaseName } from "../rollout/progress";
import { rollOut, type RolloutOptions } from "../rollout/rollout";
import { ask, checkCanAsk } from "../run/approval";
import { describePlans } from "../run/describe-plans";
import { exitCodeOf } from "../run/exit-code";
import { aloneInFolder } from "../run/folder-lock";
import { accountsLeftBehind } from "../run/left-behind";
import { addRunOptions, wholeNumber, type RunOptions } from "../run/options";
import { runSession, type Session } from "../run/session";
import {
  addAccountsFromOption,
  readAccountsFrom,
  selectListed,
  type AccountsFromOptions,
} from "../selection/accounts-from";
import { addSelectionOptions } from "../selection/options";
import { note, type Shell } from "../shell";
import { stackTargets, type StackTarget } from "../stack-target";
import { stackSha256, synthesizeStacks, type Synthesis } from "../synthesis";
import { printEnd } from "../view/print-end";
import { describeStart } from "../view/rollout-text";
import { runPlan } from "./plan";

interface RolloutCommandOptions extends AccountsFromOptions, RunOptions {
  readonly maxFailures: number;
  readonly planOnly?: true;
  readonly diff?: true;
  readonly yes?: true;
  readonly resume?: true;
  readonly report: string;
}

const HELP = `
Without a selection: the security account, then wave after wave. A failed account never ends another one; once more
than --max-failures of a wave have failed, nothing new is started. Ctrl-C does the same; a second Ctrl-C asks Terraform
to end gracefully. Running it again plans every account anew and finishes what is left.

Examples:
  npm run quarantine -- rollout                      asks before each wave
  npm run quarantine -- rollout --yes                for CI: applies what it plans
  npm run quarantine -- rollout --wave canary        the security account and one wave
  npm run quarantine -- rollout -a payments -a 'dev-*' --max-failures 2
  npm run quarantine -- rollout --resume --yes       leaves out what the last run has finished
  npm run -s quarantine -- changed --since HEAD~1 | npm run quarantine -- rollout --yes --accounts-from -`;

/** `rollout`: brings the security account and the waves up to date. */
export function registerRollout(program: Command, shell: Shell): void {
  const command = program
    .command("rollout")
    .description("bring the security account and then wave after wave up to date");
  addRunOptions(addAccountsFromOption(addSelectionOptions(command)))
    .addOption(
      new Option("-m, --max-failures <count>", "failed accounts of a wave before nothing new is started")
        .argParser(wholeNumber(0))
        .default(0),
    )
    .addOption(
      new Option("--plan-only", "plan and apply nothing: the command plan, exit code included").conflicts([
        "resume",
        "yes",
      ]),
    )
    .option("--diff", "before asking, show every attribute that changes, as terraform show does")
    .option("-y, --yes", "apply without asking")
    .option("--resume", "leave out accounts that the last run has finished and whose stack is still the same")
    .addOption(new Option("--report <file>", "where the report is written").default(REPORT_FILE))
    .addHelpText("after", HELP)
    .action((options: RolloutCommandOptions) => runRollout(shell, options));
}

async function runRollout(shell: Shell, options: RolloutCommandOptions): Promise<void> {
  if (options.planOnly === true) {
    return runPlan(shell, { ...options, lock: true });
  }
  if (options.yes !== true) {
    checkCanAsk(shell, "rollout");
  }
  const reportFile = reportFileOf(shell, options.report);
  return aloneInFolder(shell, "rollout", () => rollOutSelected(shell, options, reportFile));
}

async function rollOutSelected(
  shell: Shell,
  options: RolloutCommandOptions,
  reportFile: string,
): Promise<void> {
  const before = readReport(reportFile);
  const synthesis = await synthesizeStacks(shell, options.output);
  const all = stackTargets(synthesis.rollout);
  const selected = selectListed(all, options, await readAccountsFrom(options, shell));
  const resumed = options.resume === true ? finishedBefore(before, selected, synthesis) : [];
  const targets = selected.filter(({ name }) => !resumed.includes(name));
  const leftBehind = accountsLeftBehind(synthesis.rollout);
  describeStart({ before, all, selected, resumed, leftBehind }).forEach((line) => note(shell, line));

  const report = await runSession(
    shell,
    { command: "rollout", options, targets, synthesis, resumed, reportFile },
    (session) => rollOut(targets, session.tools, rolloutOptions(shell, options, session)),
  );
  printEnd(shell, report, options.json === true);
  shell.exitCode = exitCodeOf(report);
}

function rolloutOptions(shell: Shell, options: RolloutCommandOptions, session: Session): RolloutOptions {
  const { maxFailures } = options;
  if (options.yes === true) {
    return { maxFailures };
  }
  const { view, colors, tools } = session;
  return {
    maxFailures,
    approve: async (wave, stacks) => {
      view.pause();
      note(shell, `\n${await describePlans(stacks, session, colors, options.diff === true)}\n`);
      const name = phaseName(wave);
      const question = `Apply this to ${name}, ${stacks.length} with changes?`;
      const approved = await ask(shell, question, name, tools.stop.signal);
      view.resume();
      return approved;
    },
  };
}

function finishedBefore(
  before: Report | undefined,
  selected: readonly StackTarget[],
  synthesis: Synthesis,
): string[] {
  if (before === undefined) {
    return [];
  }
  const names = new Set(selected.map(({ name }) => name));
  return finishedIn(before, (name) => (names.has(name) ? stackSha256(synthesis, name) : undefined));
}
