import { InvalidArgumentError, Option, type Command } from "commander";
import { MAX_PAUSE_MS } from "../../functions/shared/pause";
import { loadRollout } from "../../stacks/config/load";
import { AccountNames } from "../../stacks/names";
import { breakGlassRole, operatorFor } from "../break-glass/session";
import { EXIT } from "../exit-codes";
import { duration, someText, wholeNumber } from "../option-values";
import type { PauseOrder } from "../pause/pause-account";
import { describeRights } from "../policies/command-rights";
import { ask, checkCanAsk } from "../run/approval";
import { interruptible } from "../run/interrupts";
import { addSelectionOptions, type SelectionOptions } from "../selection/options";
import { selectTargetAccounts } from "../selection/select-stacks";
import { note, print, printJson, type Shell } from "../shell";

interface ResumeOptions extends SelectionOptions {
  readonly role?: string;
  readonly operator?: string;
  readonly concurrency: number;
  readonly yes?: true;
  readonly json?: true;
}

interface PauseOptions extends ResumeOptions {
  /** Milliseconds. */
  readonly for: number;
  readonly reason: string;
  readonly approvedBy: string;
}

/** Concurrent accounts. Most of the time is spent waiting for AWS. */
const CONCURRENCY = 50;

const NEEDS = `
Assumes a break-glass role (guard.breakGlassRoles in rollout.yaml) in every account, with the operator as its source
identity. Nothing is deployed. If an account fails, the others continue; run the command again for each account that it
names as failed. The security account mails each change, with the person who made it. The role needs these permissions;
policies --may-release generates it:
${describeRights("pause")}

Exit code 0: it is in effect in every selected account that denies users; 1: an account failed.`;

const PAUSE_HELP = `
For emergencies in which many users are denied wrongly. Until the pause ends, the responder denies no new users: it
sends a PAUSED alert that says what it would have done. Quarantined users stay quarantined, and an undone quarantine is still
restored: use release to free a user. After the end, sweeps find the users created in the meantime, and the responder
judges them by the trust of that time. A rollout of the account ends the pause.
${NEEDS}

Examples:
  npm run quarantine -- pause --for 2h --reason "onboarding is quarantined, INC-12" --approved-by bob
  npm run quarantine -- pause --for 30m --wave production --reason "INC-12" --approved-by bob`;

const RESUME_HELP = `
The responder denies new users again at once. Sweeps find the users created during the pause.
${NEEDS}

Examples:
  npm run quarantine -- resume
  npm run quarantine -- resume --account 'pay*'`;

/** `pause` and `resume`: deny no new users for a time, and end that early. */
export function registerPause(program: Command, shell: Shell): void {
  const pause = program
    .command("pause")
    .description("deny no new users for a time, in all or some accounts, as a break-glass role")
    .requiredOption("--for <time>", "how long, such as 30m or 2h: at most 24h (required)", pauseDuration)
    .requiredOption("--reason <text>", "why; the alerts about the change show it (required)", someText)
    .requiredOption("--approved-by <who>", "who approved it: not the operator (required)", someText);
  addCommonOptions(pause, "pause")
    .addHelpText("after", PAUSE_HELP)
    .action((options: PauseOptions) => runPause(shell, options));
  const resume = program
    .command("resume")
    .description("end a pause early, in all or some accounts, as a break-glass role");
  addCommonOptions(resume, "resume")
    .addHelpText("after", RESUME_HELP)
    .action((options: ResumeOptions) => runResume(shell, options));
}

function addCommonOptions(command: Command, action: string): Command {
  return addSelectionOptions(command, "only the accounts of this wave")
    .option("--role <name>", "break-glass role to assume: one of guard.breakGlassRoles; the first by default")
    .option("--operator <who>", `who does it; by default the caller of sts:GetCallerIdentity`)
    .addOption(
      new Option("-c, --concurrency <count>", "accounts at once")
        .argParser(wholeNumber(1))
        .default(CONCURRENCY),
    )
    .option("-y, --yes", `${action} without asking`)
    .option("--json", "print the result as JSON on stdout");
}

async function runPause(shell: Shell, options: PauseOptions): Promise<void> {
  const { pauseOrder } = await import("../pause/pause-text.ts");
  await carryOut(shell, options, {
    action: "pause",
    twoPeople: "pause the quarantine",
    order: (operator) => {
      const until = Date.now() + options.for;
      const end = new Date(until).toISOString().slice(0, 16);
      const { approvedBy, reason } = options;
      return {
        ...pauseOrder({ until, operator, approvedBy, reason }),
        done: `paused until ${end}Z: nobody new is denied there`,
      };
    },
  });
}

async function runResume(shell: Shell, options: ResumeOptions): Promise<void> {
  const { RESUME } = await import("../pause/pause-account.ts");
  await carryOut(shell, options, {
    action: "resume",
    twoPeople: "resume the quarantine",
    order: () => ({ ...RESUME, done: "resumed: new users are denied again" }),
  });
}

/** `pause` or `resume`. */
interface PauseAction {
  readonly action: "pause" | "resume";
  /** The action that one person does and another one approves. */
  readonly twoPeople: string;
  /** @returns The order, and the state of an account in which it took effect. */
  readonly order: (operator: string) => PauseOrder & { readonly done: string };
}

async function carryOut(
  shell: Shell,
  options: ResumeOptions & { readonly approvedBy?: string },
  { action, twoPeople, order }: PauseAction,
): Promise<void> {
  if (options.yes !== true) {
    checkCanAsk(shell, action);
  }
  const rollout = loadRollout(shell.env, shell.cwd);
  const role = breakGlassRole(shell, rollout, options.role);
  const accounts = await selectTargetAccounts(rollout, options, shell);
  const { region } = new AccountNames(rollout.partition, accounts[0]?.id ?? "");
  const operator = await operatorFor(region, options, twoPeople);
  const count = `${accounts.length} ${accounts.length === 1 ? "account" : "accounts"}`;
  if (action === "pause" && rollout.sweep.everyMinutes === 0) {
    note(shell, "Sweeps are off (sweep.everyMinutes): nobody answers the users of the pause after its end.");
  }
  note(shell, `As ${role} in ${count}, for ${operator}: ${order(operator).description}`);
  const { changePauses } = await import("../pause/pause-accounts.ts");
  const { pauseExitCode, pauseJson, pauseText } = await import("../pause/pause-text.ts");
  await interruptible(process, async (signal) => {
    const isMeant =
      options.yes === true || (await ask(shell, `${capital(action)} ${count}?`, action, signal));
    if (!isMeant) {
      note(shell, "Nothing was changed.");
      shell.exitCode = EXIT.failed;
      return;
    }
    // The time counts from the confirmation, not from the question.
    const { done, ...given } = order(operator);
    const { concurrency } = options;
    const onEnd = progressOf(shell, accounts.length);
    const ended = await changePauses(rollout, accounts, given, {
      role,
      operator,
      concurrency,
      signal,
      onEnd,
    });
    if (options.json === true) {
      printJson(shell, pauseJson(ended));
    } else {
      print(shell, pauseText(ended, done));
    }
    shell.exitCode = pauseExitCode(ended);
  });
}

/** A progress line for every fifty accounts: five hundred take about half a minute. */
function progressOf(shell: Shell, total: number): () => void {
  let count = 0;
  return () => {
    count++;
    if (count % 50 === 0 && count < total) {
      note(shell, `${count} of ${total} accounts`);
    }
  };
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** From a minute to a day: the responder ignores a longer pause. */
function pauseDuration(text: string): number {
  const ms = duration(text);
  if (ms < 60_000 || ms > MAX_PAUSE_MS) {
    throw new InvalidArgumentError(`Expected from 1m to ${MAX_PAUSE_MS / 3_600_000}h.`);
  }
  return ms;
}
