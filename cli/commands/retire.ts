import { Option, type Command } from "commander";
import { CommandError } from "../errors";
import { wholeNumber } from "../option-values";
import { exitCodeFor } from "../report/report";
import { selectRetired, type RetiredStacks } from "../retire/select-retired";
import { whatIsLeft } from "../retire/what-is-left";
import { planAll, rollOut, type PlannedStack, type RolloutOptions } from "../rollout/rollout";
import { ask, checkCanAsk } from "../run/approval";
import { withFolderLock } from "../run/folder-lock";
import { addRunOptions, type RunOptions } from "../run/options";
import { runSession, type Session, type SessionSettings } from "../run/session";
import { addSelectionOptions, type SelectionOptions } from "../selection/options";
import { colorsFor, note, type Colors, type Shell } from "../shell";
import { stackTargets, type StackTarget } from "../stack-target";
import { synthesizeStacks, type Synthesis } from "../synthesis";
import { KEPT_TYPES } from "../terraform/plan";
import { planSummary } from "../view/plan-summary";
import { retirementTable } from "../view/retirement-table";
import { printEnd } from "../view/rollout-text";
import { planExitCode } from "./plan";

interface RetireOptions extends RunOptions, SelectionOptions {
  readonly maxFailures: number;
  readonly planOnly?: true;
  readonly deleteLogs?: true;
  readonly yes?: true;
}

const HELP = `
The accounts must still be in rollout.yaml: remove them there afterwards. The command first lists the users that are
still quarantined in them, and destroys nothing while there are any: release (docs/runbook.md) or delete each of them.
Afterwards, nothing responds to new users in the accounts.

The command plans all selected accounts, shows them in one table, asks once, and then destroys them with the same limits
as rollout. Globs, waves and lists select target accounts only. The guard is retired by its exact name, after the
accounts; the security account by its exact name, together with all others and last (docs/uninstall.md). If an account
is retired without the guard, the guard stays attached to it, and the command says how to detach it.

Log groups and dead-letter queues are kept with their contents, and stay in the state: a later rollout into the account
uses them again. --delete-logs destroys them too, also for accounts that were retired without it.

Examples:
  npm run quarantine -- retire payments
  npm run quarantine -- retire 'dev-*' --plan-only    shows what would be destroyed; exit codes as of plan
  npm run quarantine -- retire --wave sandbox --yes
  npm run quarantine -- retire payments --delete-logs
  npm run quarantine -- retire management             the guard alone: detaches the policy and deletes it`;

/** `retire`: removes the quarantine from accounts. */
export function registerRetire(program: Command, shell: Shell): void {
  const command = program
    .command("retire")
    .description("destroy what this project deployed to some accounts")
    .argument("[account...]", "names, ids or globs of accounts in rollout.yaml");
  addRunOptions(addSelectionOptions(command, "the accounts of this wave"))
    .addOption(
      new Option("-m, --max-failures <count>", "accounts that may fail before no further one is started")
        .argParser(wholeNumber(0))
        .default(0),
    )
    .addOption(
      new Option("--plan-only", "only plan: exit code 2 when something would be destroyed").conflicts("yes"),
    )
    .option("--delete-logs", "destroy the log groups and dead letters too")
    .option("-y, --yes", "destroy without asking")
    .addHelpText("after", HELP)
    .action((accounts: string[], options: RetireOptions) => {
      const { account, wave, accountsFrom } = options;
      return accounts.length === 0 &&
        account === undefined &&
        wave === undefined &&
        accountsFrom === undefined
        ? command.error("error: expected accounts to retire: names, ids, globs, --wave or --accounts-from")
        : retire(shell, accounts, options);
    });
}

async function retire(shell: Shell, accounts: readonly string[], options: RetireOptions): Promise<void> {
  if (options.yes !== true && options.planOnly !== true) {
    checkCanAsk(shell, "retire");
  }
  return withFolderLock(shell, "retire", () => retireAlone(shell, accounts, options));
}

async function retireAlone(shell: Shell, names: readonly string[], options: RetireOptions): Promise<void> {
  const synthesis = await synthesizeStacks(shell, options.output);
  const retired = await selectRetired(stackTargets(synthesis.rollout), names, options, shell);
  const targets = [...retired.accounts, ...retired.guard, ...retired.security];
  if (targets.length === 0) {
    note(shell, "No account is selected: nothing to do.");
    return;
  }
  const planning = { destroy: true, keep: options.deleteLogs === true ? [] : KEPT_TYPES };
  const settings = { command: "retire", options, targets, synthesis, planning } as const;
  if (options.planOnly === true) {
    const held = await quarantinedIn(synthesis, retired.accounts, options);
    held.forEach((line) => note(shell, line));
    return planRetirement(shell, settings);
  }
  await checkReleased(synthesis, retired.accounts, options);
  const report = await runSession(shell, settings, (session) =>
    destroy(retired, session, {
      maxFailures: options.maxFailures,
      ...(options.yes !== true && {
        approve: (_phase, stacks) =>
          approve(shell, session, stacks, () => {
            const asked = retired.accounts.filter(({ name }) =>
              stacks.some(({ target }) => target.name === name),
            );
            // A user may have been quarantined while the operator was asked.
            return checkReleased(synthesis, asked, options);
          }),
      }),
    }),
  );
  printEnd(shell, report, options.json === true);
  shell.exitCode = exitCodeFor(report);
  if (report.status === "done") {
    whatIsLeft(synthesis.rollout, retired, options.deleteLogs !== true).forEach((line) => note(shell, line));
  }
}

async function planRetirement(shell: Shell, settings: SessionSettings): Promise<void> {
  let plans = "";
  const report = await runSession(shell, settings, async ({ dependencies, terraform }) => {
    const planned = await planAll(settings.targets, dependencies);
    plans = describePlans(planned, colorsFor(shell.stdout, shell));
    planned.forEach(({ plan }) => terraform.discard(plan));
  });
  printEnd(shell, report, settings.options.json === true, { before: plans });
  shell.exitCode = planExitCode(report);
}

/**
 * All accounts together, then the guard and the security account, each only when everything before it is
 * gone.
 */
async function destroy(
  { accounts, guard, security }: RetiredStacks,
  { dependencies }: Session,
  options: RolloutOptions,
): Promise<void> {
  const { progress, stop } = dependencies;
  const isGone = (target: StackTarget) =>
    ["applied", "unchanged"].includes(progress.resultOf(target)?.outcome ?? "");
  await rollOut(accounts, dependencies, { ...options, together: true });
  if (!accounts.every(isGone)) {
    stop.request("it is retired after the accounts, and not all of them are");
  }
  await rollOut([...guard, ...security], dependencies, options);
}

async function approve(
  shell: Shell,
  { view, colors, dependencies }: Session,
  stacks: readonly PlannedStack[],
  check: () => Promise<void>,
): Promise<boolean> {
  view.pause();
  note(shell, `\n${describePlans(stacks, colors)}\n`);
  const names = stacks.map(({ target }) => target.name);
  const all = names.length > MOST_TYPED ? `${names.length} accounts` : names.join(", ");
  const approved = await ask(shell, `Destroy all of this in ${all}?`, all, dependencies.stop.signal);
  if (approved) {
    await check();
  }
  view.resume();
  return approved;
}

/** More names than this are too many to type as a confirmation. */
const MOST_TYPED = 5;

/** What is destroyed: by resource, since most accounts have the same, and by account. */
function describePlans(stacks: readonly PlannedStack[], colors: Colors): string {
  return stacks.length === 0 ? "" : `${planSummary(stacks, colors)}\n\n${retirementTable(stacks)}`;
}

/** @throws CommandError with every user that is still quarantined, in every account. */
async function checkReleased(
  synthesis: Synthesis,
  accounts: readonly StackTarget[],
  options: RetireOptions,
): Promise<void> {
  const held = await quarantinedIn(synthesis, accounts, options);
  if (held.length > 0) {
    throw new CommandError(["No account was touched.", ...held].join("\n"));
  }
}

/** The users that prevent a retirement, as lines, with what to do about them. */
async function quarantinedIn(
  { rollout }: Synthesis,
  accounts: readonly StackTarget[],
  { concurrency }: RetireOptions,
): Promise<string[]> {
  const { stillQuarantined } = await import("../retire/still-quarantined.ts");
  const lines = await stillQuarantined(rollout, accounts, concurrency);
  return lines.length === 0
    ? []
    : [
        "These users are still quarantined:",
        ...lines,
        "Release each of them first, or delete it (docs/runbook.md):",
        "  npm run quarantine -- release ACCOUNT USER --reason TEXT --approved-by WHO",
      ];
}
