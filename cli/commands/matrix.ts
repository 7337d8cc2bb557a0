import type { Command } from "commander";
import { loadRollout } from "../../stacks/config/load";
import { matrixLine, MOST_JOBS } from "../matrix/matrix-line";
import { wholeNumber } from "../option-values";
import { addSelectionOptions, type SelectionOptions } from "../selection/options";
import { selectStacks } from "../selection/select-stacks";
import { note, print, type Shell } from "../shell";
import { stackTargets } from "../stack-target";

interface MatrixOptions extends SelectionOptions {
  readonly shards: number;
  readonly byWave?: boolean;
}

const EXAMPLES = `
Prints one line: {"include":[{"wave":"canary","shard":1,"shards":2,"accounts":"sandbox tools"},...]}
The security account and the guard, which comes last, each have an entry with an empty wave. With --by-wave,
the line has one such matrix for each step of the rollout:
{"security":{"include":[...]},"waves":{"canary":{"include":[...]},...},"guard":{"include":[...]}}
GitHub refuses a matrix without entries: let the job's "if" skip it (docs/ci.md has a complete workflow).

Within a wave, accounts are distributed in rollout order: no shard has two more than another. An account stays in its
shard as long as accounts are only added below it in rollout.yaml and the number of shards stays the same.

Examples:
  $ npm run -s quarantine -- matrix --shards 4
  $ npm run -s quarantine -- matrix --by-wave --shards 4
  $ npm run -s quarantine -- changed --since HEAD~1 | npm run -s quarantine -- matrix --by-wave --accounts-from -`;

/** `matrix`: the rollout as jobs for GitHub Actions. */
export function registerMatrix(program: Command, shell: Shell): void {
  const command = program
    .command("matrix")
    .description(
      "print the accounts as a matrix for GitHub Actions, which divides the rollout among CI runners",
    )
    .option("--shards <n>", `jobs per wave, at most ${MOST_JOBS}`, wholeNumber(1, MOST_JOBS), 1)
    .option(
      "--by-wave",
      "print one matrix for the security account, one per wave and one for the guard, instead of one for all",
    );
  addSelectionOptions(command)
    .addHelpText("after", EXAMPLES)
    .action(async ({ shards, byWave, ...selection }: MatrixOptions) => {
      const rollout = loadRollout(shell.env, shell.cwd);
      const targets = await selectStacks(stackTargets(rollout), selection, shell);
      if (rollout.backend.type === "local") {
        note(
          shell,
          "backend: local keeps the state on one machine. CI runners that share a rollout need s3 or cloud.",
        );
      }
      print(shell, matrixLine(targets, { shards, byWave: byWave === true ? rollout.waves : undefined }));
    });
}
