import type { Command } from "commander";
import { guardAccount, guardTargets } from "../../stacks/config/guard-targets";
import type { Rollout } from "../../stacks/config/rollout";
import { CommandError, UsageError } from "../errors";
import { escapeControlCharacters } from "../escape-control-characters";
import { exitCodeFor } from "../report/report";
import { rollOut } from "../rollout/rollout";
import { ask, checkCanAsk } from "../run/approval";
import { withFolderLock } from "../run/folder-lock";
import { addRunOptions, type RunOptions } from "../run/options";
import { runSession } from "../run/session";
import { selectTargets } from "../selection/select-targets";
import { note, type Shell } from "../shell";
import { stackTargets, type StackTarget } from "../stack-target";
import { synthesizeStacks, type Synthesis } from "../synthesis";
import { planSummary } from "../view/plan-summary";
import { printEnd } from "../view/rollout-text";

interface RetireOptions extends RunOptions {
  readonly yes?: true;
}

const HELP = `
The account must still be in rollout.yaml: remove it there afterwards. The command first lists the users that are still
quarantined in the account, and destroys nothing while there are any: release (docs/runbook.md) or delete each of them.
Afterwards, nothing responds to new users in the account. Of several stacks, the guard is destroyed first. The guard
alone stays attached to an account that is retired: the command says how to take it off.

Examples:
  npm run quarantine -- retire payments
  npm run quarantine -- retire payments research --yes
  npm run quarantine -- retire management    the guard alone: detaches the policy and deletes it`;

/** `retire`: removes the quarantine from an account. */
export function registerRetire(program: Command, shell: Shell): void {
  const command = program
    .command("retire")
    .description("destroy everything that this project deployed to an account")
    .argument("<account...>", "name or id of an account in rollout.yaml");
  addRunOptions(command)
    .option("-y, --yes", "destroy without asking")
    .addHelpText("after", HELP)
    .action((accounts: string[], options: RetireOptions) => retire(shell, accounts, options));
}

async function retire(shell: Shell, accounts: readonly string[], options: RetireOptions): Promise<void> {
  if (options.yes !== true) {
    checkCanAsk(shell, "retire");
  }
  return withFolderLock(shell, "retire", () => retireAlone(shell, accounts, options));
}

async function retireAlone(shell: Shell, accounts: readonly string[], options: RetireOptions): Promise<void> {
  const synthesis = await synthesizeStacks(shell, options.output);
  const targets = retiring(stackTargets(synthesis.rollout), accounts);
  await checkReleased(synthesis, targets);

  const report = await runSession(
    shell,
    { command: "retire", options, targets, synthesis, planning: { destroy: true } },
    async ({ dependencies, view, colors }) =>
      rollOut(targets, dependencies, {
        maxFailures: 0,
        ...(options.yes !== true && {
          approve: async (_wave, stacks) => {
            view.pause();
            note(shell, `\n${planSummary(stacks, colors)}\n`);
            const names = stacks.map(({ target }) => target.name).join(", ");
            const approved = await ask(
              shell,
              `Destroy all of this in ${names}?`,
              names,
              dependencies.stop.signal,
            );
            if (approved) {
              // A user may have been quarantined while the question was open.
              await checkReleased(synthesis, targets);
            }
            view.resume();
            return approved;
          },
        }),
      }),
  );
  printEnd(shell, report, options.json === true);
  shell.exitCode = exitCodeFor(report);
  if (report.status === "done") {
    whatIsLeft(synthesis.rollout, targets).forEach((line) => note(shell, line));
  }
}

function retiring(all: readonly StackTarget[], accounts: readonly string[]): StackTarget[] {
  const pattern = accounts.find((name) => !/^[a-z0-9-]+$/.test(name));
  if (pattern !== undefined) {
    throw new UsageError(`${pattern}: expected the name or id of one account; globs are not supported here`);
  }
  const targets = selectTargets(all, { account: accounts });
  const security = targets.find(({ wave, guard }) => wave === undefined && guard !== true);
  if (security !== undefined) {
    throw new UsageError(
      `${security.name} is the security account, to which all other accounts forward events: it cannot be retired. ` +
        "When no account is left to protect, run npx cdktf destroy.",
    );
  }
  // The guard first: while it stands, what is left of a destroyed account can be changed by nobody else.
  return [...targets].sort((a, b) => Number(b.guard === true) - Number(a.guard === true));
}

/**
 * What is left to do once the stacks are destroyed: what the next rollout would deploy again, and the guard,
 * which stays on an account that it was attached to until it is rolled out without it.
 */
export function whatIsLeft(rollout: Rollout, targets: readonly StackTarget[]): string[] {
  const accounts = targets.filter(({ guard }) => guard !== true);
  const names = accounts.map(({ name }) => name);
  const isGuardGone = accounts.length < targets.length;
  const steps = [
    ...(isGuardGone ? ["set guard.enabled to false"] : []),
    ...(names.length > 0 ? [`remove ${names.join(", ")}`] : []),
  ];
  const guard = isGuardGone ? undefined : guardAccount(rollout);
  const guarded = guardTargets(rollout).filter(({ id }) =>
    accounts.some(({ accountId }) => accountId === id),
  );
  return [
    `Now ${steps.join(" and ")} in rollout.yaml: otherwise the next rollout deploys it again.`,
    ...(guard !== undefined && guarded.length > 0
      ? [
          `Then take the guard off ${guarded.map(({ name }) => name).join(", ")}, where it still refuses calls: ` +
            `npm run quarantine -- rollout --account ${guard.name}`,
        ]
      : []),
  ];
}

/** @throws CommandError with every user that is still quarantined, in every account. */
async function checkReleased({ rollout }: Synthesis, targets: readonly StackTarget[]): Promise<void> {
  const { readAccount } = await import("../users/read-accounts.ts");
  const { isQuarantined } = await import("../users/user-status.ts");
  const lines: string[] = [];
  for (const account of rollout.accounts.filter(({ id }) =>
    targets.some(({ accountId }) => accountId === id),
  )) {
    const users = (await readAccount(rollout, account)).filter(isQuarantined);
    lines.push(
      ...users.map(({ userName, deniedBy }) => {
        const how = deniedBy.length > 0 ? `denied by ${deniedBy.join(", ")}` : "by its tags alone";
        return `  ${account.name} (${account.id}): ${escapeControlCharacters(userName)}, ${how}`;
      }),
    );
  }
  if (lines.length > 0) {
    throw new CommandError(
      `Nothing was destroyed, because these users are still quarantined:\n${lines.join("\n")}\n` +
        "Release each of them first, or delete it (docs/runbook.md):\n" +
        "  npm run quarantine -- release ACCOUNT USER --reason TEXT --approved-by WHO",
    );
  }
}
