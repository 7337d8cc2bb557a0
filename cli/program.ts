import { Command } from "commander";
import { registerAccounts } from "./commands/accounts";
import { registerChanged } from "./commands/changed";
import { registerDrill } from "./commands/drill";
import { registerExplain } from "./commands/explain";
import { registerMatrix } from "./commands/matrix";
import { registerPause } from "./commands/pause";
import { registerPlan } from "./commands/plan";
import { registerPolicies } from "./commands/policies";
import { registerRecover } from "./commands/recover";
import { registerRelease } from "./commands/release";
import { registerReplay } from "./commands/replay";
import { registerRetire } from "./commands/retire";
import { registerReview } from "./commands/review";
import { registerRollout } from "./commands/rollout";
import { registerStatus } from "./commands/status";
import { EXIT_CODES_HELP } from "./exit-codes";
import type { Shell } from "./shell";

/** Adds one command, with its options, help and examples. */
type RegisterCommand = (program: Command, shell: Shell) => void;

const COMMANDS: readonly RegisterCommand[] = [
  registerRollout,
  registerPlan,
  registerReview,
  registerRecover,
  registerReplay,
  registerExplain,
  registerStatus,
  registerDrill,
  registerRelease,
  registerPause,
  registerRetire,
  registerChanged,
  registerMatrix,
  registerAccounts,
  registerPolicies,
];

/** The command line of `npm run quarantine`. */
export function createProgram(shell: Shell): Command {
  const program = new Command("quarantine")
    .description(
      "Rolls the quarantine of rogue IAM users out to every account of an AWS organization, with Terraform.\n" +
        "The organization is described in rollout.yaml, or in the file that ROLLOUT_CONFIG names.",
    )
    .exitOverride()
    .showHelpAfterError("(add --help for the options and examples)")
    .configureOutput({
      writeOut: (text) => shell.stdout.write(text),
      writeErr: (text) => shell.stderr.write(text),
      getOutHelpWidth: () => shell.stdout.columns ?? 100,
      getErrHelpWidth: () => shell.stderr.columns ?? 100,
      getOutHasColors: () => shell.stdout.isTTY === true,
      getErrHasColors: () => shell.stderr.isTTY === true,
    })
    .addHelpText("after", EXIT_CODES_HELP);
  for (const register of COMMANDS) {
    register(program, shell);
  }
  return program;
}
