import { InvalidArgumentError, type Command } from "commander";
import { loadRollout } from "../../stacks/config/load";
import { flatMatrix, matrixByWave, MOST_JOBS } from "../matrix/matrix";
import {
  addAccountsFromOption,
  readAccountsFrom,
  selectListed,
  type AccountsFromOptions,
} from "../selection/accounts-from";
import { addSelectionOptions } from "../selection/options";
import { note, print, type Shell } from "../shell";
import { stackTargets } from "../stack-target";

interface MatrixOptions extends AccountsFromOptions {
  readonly shards: number;
  readonly byWave?: boolean;
}

const EXAMPLES = `
Prints one line: {"include":[{"wave":"canary","shard":1,"shards":2,"accounts":"sandbox tools"},...]}
The security account is an entry of its own, with an empty wave. With --by-wave, the line holds one such matrix for
every step of the rollout: {"security":{"include":[...]},"waves":{"canary":{"include":[...]},...}}
GitHub refuses a matrix without entries: let the job's "if" skip it (docs/ci.md has a whole workflow).

Within a wave the accounts are dealt out in the order of the rollout: no shard has two more than another, and an account
stays in its shard as long as others are only added below it in rollout.yaml and there are as many shards.

Examples:
  $ npm run -s quarantine -- matrix --shards 4
  $ npm run -s quarantine -- matrix --by-wave --shards 4
  $ npm run -s quarantine -- changed --since HEAD~1 | npm run -s quarantine -- matrix --by-wave --accounts-from -`;

/** `matrix`: the rollout as jobs of GitHub Actions. */
export function registerMatrix(program: Command, shell: Shell): void {
  const command = program
    .command("matrix")
    .description("print the accounts as a matrix of GitHub Actions, so that CI runners share the rollout")
    .option("--shards <n>", `jobs per wave, at most ${MOST_JOBS}`, toShards, 1)
    .option("--by-wave", "one matrix for the security account and for each wave, instead of one for all");
  addAccountsFromOption(addSelectionOptions(command))
    .addHelpText("after", EXAMPLES)
    .action(async ({ shards, byWave, ...selection }: MatrixOptions) => {
      const rollout = loadRollout(shell.env, shell.cwd);
      const listed = await readAccountsFrom(selection, shell);
      const targets = selectListed(stackTargets(rollout), selection, listed);
      if (rollout.backend.type === "local") {
        note(
          shell,
          "backend: local keeps the state on one machine. Runners that share a rollout need s3 or cloud.",
        );
      }
      // One line, as GITHUB_OUTPUT wants it.
      const matrix =
        byWave === true ? matrixByWave(targets, rollout.waves, shards) : flatMatrix(targets, shards);
      print(shell, JSON.stringify(matrix));
    });
}

function toShards(value: string): number {
  const shards = /^\d+$/.test(value) ? Number(value) : 0;
  if (shards < 1 || shards > MOST_JOBS) {
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${MOST_JOBS}.`);
  }
  return shards;
}
