import type { Command } from "commander";
import { CommandError, UsageError } from "../errors";
import { listQuarantined } from "../retire/list-quarantined";
import { rollOut } from "../rollout/rollout";
import { ask, checkCanAsk } from "../run/approval";
import { exitCodeOf } from "../run/exit-code";
import { aloneInFolder } from "../run/folder-lock";
import { addRunOptions, type RunOptions } from "../run/options";
import { runSession } from "../run/session";
import { selectTargets } from "../selection/select";
import { note, type Shell } from "../shell";
import { stackTargets, type StackTarget } from "../stack-target";
import { synthesizeStacks, type Synthesis } from "../synthesis";
import { planSummary } from "../view/plan-summary";
import { printEnd } from "../view/print-end";

interface RetireOptions extends RunOptions {
  readonly yes?: true;
}

const HELP = `
The account still has to be in rollout.yaml: take it out afterwards. Users that are still quarantined there are named
first, and nothing is destroyed while there are any: release each of them (docs/runbook.md), or decide what becomes of
it. From then on nothing answers a new user in the account.

Examples:
  npm run quarantine -- retire payments
  npm run quarantine -- retire payments research --yes`;

/** `retire`: takes the quarantine out of an account. */
export function registerRetire(program: Command, shell: Shell): void {
  const command = program
    .command("retire")
    .description("destroy everything this project has deployed into an account")
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
  return aloneInFolder(shell, "retire", () => retireAlone(shell, accounts, options));
}

async function retireAlone(shell: Shell, accounts: readonly string[], options: RetireOptions): Promise<void> {
  const synthesis = await synthesizeStacks(shell, options.output);
  const targets = retiring(stackTargets(synthesis.rollout), accounts);
  await checkReleased(synthesis, targets);

  const report = await runSession(
    shell,
    { command: "retire", options, targets, synthesis, planning: { destroy: true } },
    async ({ tools, view, colors }) =>
      rollOut(targets, tools, {
        maxFailures: 0,
        ...(options.yes !== true && {
          approve: async (_wave, stacks) => {
            view.pause();
            note(shell, `\n${planSummary(stacks, colors)}\n`);
            const names = stacks.map(({ target }) => target.name).join(", ");
            const approved = await ask(shell, `Destroy all of this in ${names}?`, names, tools.stop.signal);
            if (approved) {
              // While the question stood there, a user may have been quarantined.
              await checkReleased(synthesis, targets);
            }
            view.resume();
            return approved;
          },
        }),
      }),
  );
  printEnd(shell, report, options.json === true);
  shell.exitCode = exitCodeOf(report);
  if (report.status === "done") {
    const names = targets.map(({ name }) => name).join(", ");
    note(shell, `Now take ${names} out of rollout.yaml: a rollout would deploy it again.`);
  }
}

function retiring(all: readonly StackTarget[], accounts: readonly string[]): StackTarget[] {
  const pattern = accounts.find((name) => !/^[a-z0-9-]+$/.test(name));
  if (pattern !== undefined) {
    throw new UsageError(`${pattern}: expected the name or id of one account; globs are not taken here`);
  }
  const targets = selectTargets(all, { account: accounts });
  const security = targets.find(({ wave }) => wave === undefined);
  if (security !== undefined) {
    throw new UsageError(
      `${security.name} is the security account, to which all others forward: it is not retired. ` +
        "When nothing is left to protect: npx cdktf destroy.",
    );
  }
  return targets;
}

/** Names every user that is still quarantined, in every account, before anything is destroyed. */
async function checkReleased({ rollout }: Synthesis, targets: readonly StackTarget[]): Promise<void> {
  const lines: string[] = [];
  for (const { name, accountId } of targets) {
    const users = await listQuarantined(rollout, accountId);
    lines.push(
      ...users.map(({ userName, heldBy }) => `  ${name} (${accountId}): ${userName}, ${heldBy.join(", ")}`),
    );
  }
  if (lines.length > 0) {
    throw new CommandError(
      `Still quarantined, so nothing is destroyed:\n${lines.join("\n")}\n` +
        "Release or delete each of them first: docs/runbook.md.",
    );
  }
}
