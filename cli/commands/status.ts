import { Option, type Command } from "commander";
import { loadRollout } from "../../stacks/config/load";
import type { Rollout } from "../../stacks/config/rollout";
import { repeatable, roleName, wholeNumber } from "../option-values";
import { describeRights } from "../policies/command-rights";
import { selectTargets } from "../selection/select-targets";
import { colorsFor, print, printJson, type Shell } from "../shell";
import { stackTargets } from "../stack-target";

interface StatusOptions {
  readonly account?: readonly string[];
  readonly concurrency: number;
  readonly role?: string;
  readonly json?: true;
  readonly csv?: true;
}

/** Concurrent accounts. Most of the time is spent waiting for AWS. */
const CONCURRENCY = 20;

const HELP = `
Lists every user that has a deny or a tag of the quarantine, and changes nothing. The time, the creator and the source
address come from the user's tags; the deny, the open credentials and the gap are read from IAM. A gap is what is
missing from the state in which the user should be: a quarantined user without a deny, an active access key, a release
that has ended. The command also lists the accounts whose quarantine is paused.

Exit code 0: no gap; 2: a quarantine has a gap; 1: an account, or a part of a user, could not be read.

With --role, the role needs these permissions; policies --may-read generates one (QuarantineRead):
${describeRights("status")}

Examples:
  npm run quarantine -- status
  npm run quarantine -- status --account 'pay*' --role QuarantineRead
  npm run -s quarantine -- status --csv > quarantine.csv`;

/** `status`: every user that is, was or should be quarantined. */
export function registerStatus(program: Command, shell: Shell): void {
  program
    .command("status")
    .description("show every user that is, was or should be quarantined, and the gaps of each quarantine")
    .addOption(
      repeatable("-a, --account <name>", "only this account: a name, an id or a glob such as 'pay*'"),
    )
    .addOption(
      new Option("-c, --concurrency <count>", "accounts to read at once")
        .argParser(wholeNumber(1))
        .default(CONCURRENCY),
    )
    .addOption(
      new Option(
        "--role <name>",
        "role to assume in the accounts instead of deploymentRole, such as a read-only role",
      ).argParser(roleName),
    )
    .addOption(new Option("--json", "print JSON").conflicts("csv"))
    .option("--csv", "print CSV")
    .addHelpText("after", HELP)
    .action((options: StatusOptions) => showStatus(shell, options));
}

async function showStatus(shell: Shell, options: StatusOptions): Promise<void> {
  const { role, concurrency } = options;
  const configured = loadRollout(shell.env, shell.cwd);
  const rollout = role === undefined ? configured : { ...configured, assumedRole: role };
  const accounts = selectedAccounts(rollout, options);
  const { readAccounts } = await import("../users/read-accounts.ts");
  const { statusCsv, statusExitCode, statusJson, statusText } = await import("../status/status-report.ts");
  const readings = await readAccounts(rollout, accounts, concurrency);
  if (options.json === true) {
    printJson(shell, statusJson(readings));
  } else if (options.csv === true) {
    print(shell, statusCsv(readings));
  } else {
    print(shell, statusText(readings, colorsFor(shell.stdout, shell)));
  }
  shell.exitCode = statusExitCode(readings);
}

/** Only target accounts have a responder. */
function selectedAccounts(rollout: Rollout, { account }: StatusOptions) {
  const targets = stackTargets(rollout).filter(({ wave }) => wave !== undefined);
  const selected = new Set(
    selectTargets(targets, { ...(account !== undefined && { account }) }).map(({ accountId }) => accountId),
  );
  return rollout.accounts.filter(({ id }) => selected.has(id));
}
