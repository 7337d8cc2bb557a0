import { Option, type Command } from "commander";
import { EXIT, type ExitCode } from "../exit-codes";
import { roleName } from "../option-values";
import { exitCodeFor, type Report } from "../report/report";
import { readReport, reportFileOf } from "../report/report-file";
import { planAll } from "../rollout/rollout";
import { withFolderLock } from "../run/folder-lock";
import { addRunOptions, type RunOptions } from "../run/options";
import { orphanedAccounts, unsavedElsewhere } from "../run/orphaned-accounts";
import { runSession } from "../run/session";
import { addSelectionOptions, type SelectionOptions } from "../selection/options";
import { selectStacks } from "../selection/select-stacks";
import { colorsFor, note, print, type Shell } from "../shell";
import { stackTargets } from "../stack-target";
import { synthesizeStacks } from "../synthesis";
import { planMarkdown } from "../view/plan-markdown";
import { describePlans } from "../view/plan-summary";
import { describeStart, printEnd } from "../view/rollout-text";

export interface PlanCommandOptions extends RunOptions, SelectionOptions {
  /** False with `--no-lock`. */
  readonly lock: boolean;
  readonly diff?: true;
  readonly markdown?: true;
  /** Name of the role to assume instead of `deploymentRole`. */
  readonly role?: string;
}

const HELP = `
Shows first what the changes mean: modes, trust, mail addresses, drills, code. Changes that weaken the protection of an
account are marked with !.

Changes nothing. Exit code 0: no account has changes; 2: some accounts have changes; 1: a plan failed.

Examples:
  npm run quarantine -- plan
  npm run quarantine -- plan --wave canary --diff    shows every attribute that changes
  npm run quarantine -- plan --no-lock --role QuarantinePlan    for pull requests: neither changes nor locks anything
  npm run -s quarantine -- plan --no-lock --role QuarantinePlan --markdown > plan.md    for a pull request's comment`;

/** `plan`: what a rollout would change. */
export function registerPlan(program: Command, shell: Shell): void {
  const command = program
    .command("plan")
    .description("show what a rollout would change, in all or some accounts");
  addRunOptions(addSelectionOptions(command))
    .addOption(
      new Option("--diff", "also show every attribute that changes, as terraform show does").conflicts([
        "json",
        "markdown",
      ]),
    )
    .addOption(new Option("--markdown", "print Markdown, for a pull request's comment").conflicts("json"))
    .option("--no-lock", "do not lock the state: for a role that may not write the lock")
    .addOption(
      new Option(
        "--role <name>",
        "role to assume in the accounts instead of deploymentRole, such as a read-only role",
      ).argParser(roleName),
    )
    .addHelpText("after", HELP)
    .action((options: PlanCommandOptions) => runPlan(shell, options));
}

/** Plans the selected stacks; exit code 2 when there are changes. */
export function runPlan(shell: Shell, options: PlanCommandOptions): Promise<void> {
  return withFolderLock(shell, "plan", () => planSelected(shell, options));
}

/** Plans the selected stacks, for a command that has locked the folder. */
export async function planSelected(shell: Shell, options: PlanCommandOptions): Promise<void> {
  const before = readReport(reportFileOf(shell));
  const { role } = options;
  const synthesis = await synthesizeStacks(shell, options.output, (rollout) =>
    role === undefined ? rollout : { ...rollout, assumedRole: role },
  );
  const all = stackTargets(synthesis.rollout);
  const targets = await selectStacks(all, options, shell);
  const orphaned = orphanedAccounts(synthesis.rollout);
  const unsaved = unsavedElsewhere(shell, synthesis.rollout);
  const start = { before, all, selected: targets, resumed: [], orphaned, unsaved };
  describeStart(start).forEach((line) => note(shell, line));
  let plans = "";
  const report = await runSession(
    shell,
    { command: "plan", options, targets, synthesis, planning: { lock: options.lock } },
    async (session) => {
      const planned = await planAll(targets, session.dependencies);
      const colors = colorsFor(shell.stdout, shell);
      plans = await describePlans(planned, session.terraform, colors, options.diff === true);
      planned.forEach(({ plan }) => session.terraform.discard(plan));
    },
  );
  if (options.markdown === true) {
    print(shell, planMarkdown(report, synthesis.rollout.warnings));
  } else {
    printEnd(shell, report, options.json === true, { before: plans });
  }
  shell.exitCode = planExitCode(report);
}

/** Exit code of a command that only plans. */
export function planExitCode(report: Report): ExitCode {
  const hasChanges = report.stacks.some(({ outcome }) => outcome === "changed");
  return report.status === "done" && hasChanges ? EXIT.changes : exitCodeFor(report);
}
