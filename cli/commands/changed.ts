import type { Command } from "commander";
import { loadRollout } from "../../stacks/config/load";
import { changedSince, type ChangedSince } from "../changed/changed-since";
import { interruptible } from "../run/interrupts";
import { note, print, printJson, type Shell } from "../shell";
import { stackTargets } from "../stack-target";

interface ChangedOptions {
  readonly since: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Compares stacks as Terraform sees them, by account id. A comment or another wave is no change. A new name of a target
account is a change, since its responder gets that name; a new name of the security account is none. New accounts and
uncommitted changes count. Accounts that are gone are listed on stderr and in --json, never among the names. The exit
code is 0 whether or not anything changed.

The command runs the code of the revision on this machine, to synthesize it: use only revisions that you trust.

Examples:
  $ npm run -s quarantine -- changed --since origin/main
  $ npm run -s quarantine -- changed --since v1.4.0 | npm run -s quarantine -- rollout --accounts-from - --yes
  $ npm run -s quarantine -- changed --since HEAD~1 --json

If nothing changed, or this command failed, --accounts-from reads an empty list and selects no account. Do not put the
names on the command line with $(...): an empty list would leave no option at all, which means every account.`;

/** `changed`: the stacks that differ from those of a revision. */
export function registerChanged(program: Command, shell: Shell): void {
  program
    .command("changed")
    .description(
      "print the accounts whose stack differs from that of a git revision, one name per line, in rollout order",
    )
    .requiredOption("--since <rev>", "commit, branch or tag to compare the working tree with (required)")
    .option("--json", "print JSON, with the reason for each account and the accounts that are gone")
    .addHelpText("after", EXAMPLES)
    .action(async ({ since, json }: ChangedOptions) => {
      const targets = stackTargets(loadRollout(shell.env, shell.cwd));
      const result = await interruptible(process, (signal) => changedSince(shell, targets, since, signal));
      report(shell, result, targets.length);
      if (json === true) {
        printJson(shell, asJson(result));
      } else {
        result.changed.forEach(({ name }) => print(shell, name));
      }
    });
}

function report(shell: Shell, { revision, changed, gone }: ChangedSince, total: number): void {
  const { name, commit } = revision;
  note(shell, `${changed.length} of ${total} stacks differ from ${name} (${commit.slice(0, 12)})`);
  for (const stack of gone) {
    note(shell, `gone since then, but not destroyed by a rollout: ${stack.name} (${stack.accountId})`);
  }
}

function asJson({ revision, changed, gone }: ChangedSince): unknown {
  return {
    since: revision.name,
    commit: revision.commit,
    changed: changed.map(({ name, accountId, wave, reason }) => ({
      name,
      accountId,
      wave: wave ?? null,
      reason,
    })),
    gone,
  };
}
