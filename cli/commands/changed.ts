import type { Command } from "commander";
import { loadRollout } from "../../stacks/config/load";
import { changedSince, type ChangedSince } from "../changed/changed-since";
import { interruptible } from "../run/interruptible";
import { note, print, printJson, type Shell } from "../shell";
import { stackTargets } from "../stack-target";

interface ChangedOptions {
  readonly since: string;
  readonly json?: boolean;
}

const EXAMPLES = `
What counts is what Terraform sees: a comment, another name for the same account or another wave change nothing by
themselves. New accounts count. Accounts that are gone are named on stderr and in --json, never among the names.
Uncommitted changes count too. Exits 0 whether or not anything changed.

It runs the code of that revision on this machine, to synthesize it: name only revisions you trust.

Examples:
  $ npm run -s quarantine -- changed --since origin/main
  $ npm run -s quarantine -- changed --since v1.4.0 | npm run -s quarantine -- rollout --accounts-from - --yes
  $ npm run -s quarantine -- changed --since HEAD~1 --json

Where nothing changed, or changed itself failed, --accounts-from reads an empty list and rolls out to no account.
Names put on the command line with $(...) would leave no option at all then, which means every account.`;

/** `changed`: the stacks that a revision would have synthesized otherwise. */
export function registerChanged(program: Command, shell: Shell): void {
  program
    .command("changed")
    .description(
      "print the accounts whose stack differs from that of a git revision, one name a line, in the order of the rollout",
    )
    .requiredOption("--since <rev>", "commit, branch or tag to compare the work tree with")
    .option("--json", "print JSON, with the reason for each and with the accounts that are gone")
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
    note(shell, `gone since then, and not destroyed by any rollout: ${stack.name} (${stack.accountId})`);
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
