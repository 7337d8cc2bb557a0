import { InvalidArgumentError, Option, type Command } from "commander";
import { rolloutSchema } from "../../stacks/config/schema";
import { EXIT, type ExitCode } from "../exit-codes";
import type { Report } from "../report/report";
import { readReport, reportFileOf } from "../report/report-file";
import { planAll } from "../rollout/rollout";
import { describePlans } from "../run/describe-plans";
import { exitCodeOf } from "../run/exit-code";
import { aloneInFolder } from "../run/folder-lock";
import { accountsLeftBehind } from "../run/left-behind";
import { addRunOptions, type RunOptions } from "../run/options";
import { runSession } from "../run/session";
import {
  addAccountsFromOption,
  readAccountsFrom,
  selectListed,
  type AccountsFromOptions,
} from "../selection/accounts-from";
import { addSelectionOptions } from "../selection/options";
import { note, print, printJson, type Shell } from "../shell";
import { stackTargets } from "../stack-target";
import { synthesizeStacks } from "../synthesis";
import { colorsFor } from "../view/colors";
import { describeEnd, describeStart } from "../view/rollout-text";

export interface PlanCommandOptions extends AccountsFromOptions, RunOptions {
  /** False with `--no-lock`. */
  readonly lock: boolean;
  readonly diff?: true;
  /** Name of the role to assume in place of `deploymentRole`. */
  readonly role?: string;
}

const HELP = `
Nothing is changed. Exit code 0: no account has changes; 2: some have; 1: a plan could not be made.

Examples:
  npm run quarantine -- plan
  npm run quarantine -- plan --wave canary --diff    every attribute that changes
  npm run quarantine -- plan --no-lock --role QuarantinePlan    for pull requests: changes and locks nothing`;

/** `plan`: what a rollout would change. */
export function registerPlan(program: Command, shell: Shell): void {
  const command = program
    .command("plan")
    .description("show what a rollout would change, in all accounts or some");
  addRunOptions(addAccountsFromOption(addSelectionOptions(command)))
    .addOption(
      new Option("--diff", "show every attribute that changes, as terraform show does").conflicts("json"),
    )
    .option("--no-lock", "do not take the state locks: for a role that may not write them")
    .addOption(
      new Option(
        "--role <name>",
        "role to assume in the accounts in place of deploymentRole: one that may only read",
      ).argParser(roleName),
    )
    .addHelpText("after", HELP)
    .action((options: PlanCommandOptions) => runPlan(shell, options));
}

/** Plans what is selected; exit code 2 when there are changes. */
export function runPlan(shell: Shell, options: PlanCommandOptions): Promise<void> {
  return aloneInFolder(shell, "plan", () => planSelected(shell, options));
}

async function planSelected(shell: Shell, options: PlanCommandOptions): Promise<void> {
  const before = readReport(reportFileOf(shell));
  const { role } = options;
  const synthesis = await synthesizeStacks(shell, options.output, (rollout) =>
    role === undefined ? rollout : { ...rollout, deploymentRole: role },
  );
  const all = stackTargets(synthesis.rollout);
  const targets = selectListed(all, options, await readAccountsFrom(options, shell));
  const leftBehind = accountsLeftBehind(synthesis.rollout);
  describeStart({ before, all, selected: targets, resumed: [], leftBehind }).forEach((line) =>
    note(shell, line),
  );
  let shown = "";
  const report = await runSession(
    shell,
    { command: "plan", options, targets, synthesis, planning: { lock: options.lock } },
    async (session) => {
      const planned = await planAll(targets, session.tools);
      shown = await describePlans(planned, session, colorsFor(shell.stdout, shell), options.diff === true);
      planned.forEach(({ plan }) => session.terraform.discard(plan));
    },
  );
  if (options.json === true) {
    printJson(shell, report);
  } else {
    print(shell, [shown, describeEnd(report, shell)].filter((part) => part !== "").join("\n\n"));
  }
  shell.exitCode = planExitCode(report);
}

/** The rule of `deploymentRole`, which also keeps Terraform from reading a template in it. */
function roleName(text: string): string {
  const { success, data } = rolloutSchema.shape.deploymentRole.safeParse(text);
  if (!success || data === undefined) {
    throw new InvalidArgumentError("Expected the name of an IAM role, such as QuarantinePlan.");
  }
  return data;
}

function planExitCode(report: Report): ExitCode {
  const hasChanges = report.stacks.some(({ outcome }) => outcome === "changed");
  return report.status === "done" && hasChanges ? EXIT.changes : exitCodeOf(report);
}
