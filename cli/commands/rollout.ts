import { Option, type Command } from "commander";
import { wholeNumber } from "../option-values";
import { exitCodeFor, finishedIn, type Report } from "../report/report";
import { readReport, REPORT_FILE, reportFileOf } from "../report/report-file";
import { rollOut, type PlannedStack, type RolloutOptions } from "../rollout/rollout";
import { ask, checkCanAsk } from "../run/approval";
import { withFolderLock } from "../run/folder-lock";
import { addRunOptions, type RunOptions } from "../run/options";
import { orphanedAccounts, unsavedElsewhere } from "../run/orphaned-accounts";
import { runSession, type Session } from "../run/session";
import { addSelectionOptions, type SelectionOptions } from "../selection/options";
import { selectStacks } from "../selection/select-stacks";
import { colorsFor, note, type Shell } from "../shell";
import { phaseName, stackTargets, type StackTarget } from "../stack-target";
import { stackSha256, synthesizeStacks, type Synthesis } from "../synthesis";
import { nextSteps } from "../view/next-steps";
import { describePlans, planEffects } from "../view/plan-summary";
import { describeStart, printEnd } from "../view/rollout-text";
import { runPlan } from "./plan";

interface RolloutCommandOptions extends RunOptions, SelectionOptions {
  readonly maxFailures: number;
  readonly planOnly?: true;
  readonly diff?: true;
  readonly yes?: true;
  readonly resume?: true;
  readonly report: string;
}

const HELP = `
Rolls out to the security account first, then wave by wave, and last the guard, if it is enabled. A failed account never
stops another one. If more than --max-failures accounts of a wave have failed, no further account is started. Ctrl-C
does the same; a second Ctrl-C asks Terraform to stop gracefully. To finish the rest, run the command again: it plans
every account anew.

Examples:
  npm run quarantine -- rollout                      asks before each wave
  npm run quarantine -- rollout --yes                for CI: applies without asking, and prints the effects
  npm run quarantine -- rollout --wave canary        the security account and one wave
  npm run quarantine -- rollout -a payments -a 'dev-*' --max-failures 2
  npm run quarantine -- rollout --resume --yes       skips the accounts that the last run finished
  npm run -s quarantine -- changed --since HEAD~1 | npm run quarantine -- rollout --yes --accounts-from -`;

/** `rollout`: updates the security account, then wave by wave, then the guard. */
export function registerRollout(program: Command, shell: Shell): void {
  const command = program
    .command("rollout")
    .description("update the security account, then the other accounts wave by wave");
  addRunOptions(addSelectionOptions(command))
    .addOption(
      new Option("-m, --max-failures <count>", "accounts of a wave that may fail before the rollout stops")
        .argParser(wholeNumber(0))
        .default(0),
    )
    .addOption(
      new Option(
        "--plan-only",
        "only plan: the same as the command plan, including its exit codes",
      ).conflicts(["resume", "yes"]),
    )
    .option("--diff", "before asking, also show every attribute that changes, as terraform show does")
    .option("-y, --yes", "apply without asking")
    .option("--resume", "skip accounts that the last run finished and whose stack has not changed since")
    .addOption(new Option("--report <file>", "file for the report").default(REPORT_FILE))
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
  return withFolderLock(shell, "rollout", () => rollOutSelected(shell, options, reportFile));
}

async function rollOutSelected(
  shell: Shell,
  options: RolloutCommandOptions,
  reportFile: string,
): Promise<void> {
  const before = readReport(reportFile);
  const synthesis = await synthesizeStacks(shell, options.output);
  const all = stackTargets(synthesis.rollout);
  const selected = await selectStacks(all, options, shell);
  const resumed = options.resume === true ? finishedBefore(before, selected, synthesis) : [];
  const targets = selected.filter(({ name }) => !resumed.includes(name));
  const orphaned = orphanedAccounts(synthesis.rollout);
  const unsaved = unsavedElsewhere(shell, synthesis.rollout);
  describeStart({ before, all, selected, resumed, orphaned, unsaved }).forEach((line) => note(shell, line));

  const report = await runSession(
    shell,
    { command: "rollout", options, targets, synthesis, resumed, reportFile },
    (session) => rollOut(targets, session.dependencies, rolloutOptions(shell, options, session)),
  );
  printEnd(shell, report, options.json === true, { steps: nextSteps(report, synthesis.rollout) });
  shell.exitCode = exitCodeFor(report);
}

function rolloutOptions(shell: Shell, options: RolloutCommandOptions, session: Session): RolloutOptions {
  const { maxFailures } = options;
  const { view, colors, terraform, dependencies } = session;
  if (options.yes === true) {
    return { maxFailures, announce: (stack) => announce(shell, options, view, stack) };
  }
  return {
    maxFailures,
    approve: async (phase, stacks) => {
      view.pause();
      note(shell, `\n${await describePlans(stacks, terraform, colors, options.diff === true)}\n`);
      const name = phaseName(phase);
      const weakened = stacks.filter(({ plan }) => plan.effects.some(({ weakens }) => weakens)).length;
      const counts = `accounts with changes: ${stacks.length}${weakened === 0 ? "" : `, weakened: ${weakened}`}`;
      const question = `Apply this to ${name} (${counts})?`;
      const approved = await ask(shell, question, name, dependencies.stop.signal);
      view.resume();
      return approved;
    },
  };
}

/** Without a question, the log is the only record of the effects. With --json, stdout has nothing else. */
function announce(
  shell: Shell,
  { json }: RolloutCommandOptions,
  view: Session["view"],
  stack: PlannedStack,
): void {
  const output = json === true ? shell.stderr : shell.stdout;
  const text = planEffects(stack, colorsFor(output, shell));
  if (text !== "") {
    view.besides(() => output.write(`${text}\n`));
  }
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
