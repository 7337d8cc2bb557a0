import { setTimeout as sleepUntil } from "node:timers/promises";
import { InvalidArgumentError, type Command } from "commander";
import { USER_NAME } from "../../functions/shared/arn";
import { loadRollout } from "../../stacks/config/load";
import type { Account, Rollout } from "../../stacks/config/rollout";
import { AccountNames } from "../../stacks/names";
import { clientSettings } from "../aws/role-session";
import { breakGlassCredentials, breakGlassRole, operatorFor } from "../break-glass/session";
import { UsageError } from "../errors";
import { EXIT } from "../exit-codes";
import { momentAhead, someText } from "../option-values";
import { describeRights } from "../policies/command-rights";
import type { ReleaseDependencies, ReleaseRequest, ReleaseResult } from "../release/release-user";
import { ask, checkCanAsk } from "../run/approval";
import { interruptible } from "../run/interrupts";
import { note, print, type Shell } from "../shell";

interface ReleaseOptions {
  readonly reason: string;
  readonly approvedBy: string;
  /** Milliseconds since the epoch. */
  readonly until?: number;
  readonly reactivateKeys?: true;
  readonly role?: string;
  readonly operator?: string;
  readonly yes?: true;
}

const HELP = `
Assumes a break-glass role (guard.breakGlassRoles in rollout.yaml) in the account, with the operator as its source
identity: the role's trust policy must allow sts:AssumeRole and sts:SetSourceIdentity to the caller. The role needs
these permissions; policies --may-release generates it. Those that begin with Update are only for --reactivate-keys:
${describeRights("release")}

The command shows the user and its credentials, with whether each is active and was created before the quarantine, and
asks. It writes the tags first, then removes every deny of the quarantine, restores a permissions boundary that the
quarantine replaced, and reads back what is left. A release takes effect two minutes after the quarantine at the
earliest: the command waits until then. If it stops half-way, run it again.

Examples:
  npm run quarantine -- release payments mallory --reason "onboarding, TICKET-12" --approved-by bob
  npm run quarantine -- release payments mallory --reason "forensics" --approved-by bob --until 8h --reactivate-keys`;

/** `release`: ends the quarantine of one user. */
export function registerRelease(program: Command, shell: Shell): void {
  program
    .command("release")
    .description("end the quarantine of a user, as a break-glass role")
    .argument("<account>", "name or id of an account in rollout.yaml")
    .argument("<user>", "name of the IAM user", userName)
    .requiredOption("--reason <text>", "why the user is released; kept in its tags (required)", someText)
    .requiredOption("--approved-by <who>", "who approved it: not the operator (required)", someText)
    .option(
      "--until <time>",
      "end of the release: a time from now such as 8h or 7d, a date, or a moment such as 2026-12-24T18:00:00Z",
      (text: string) => momentAhead(text, Date.now()),
    )
    .option("--reactivate-keys", "set the user's inactive credentials active again; it lists them first")
    .option("--role <name>", "break-glass role to assume: one of guard.breakGlassRoles; the first by default")
    .option("--operator <who>", "who releases the user; by default the caller of sts:GetCallerIdentity")
    .option("-y, --yes", "release without asking")
    .addHelpText("after", HELP)
    .action((account: string, user: string, options: ReleaseOptions) =>
      release(shell, account, user, options),
    );
}

async function release(
  shell: Shell,
  accountName: string,
  user: string,
  options: ReleaseOptions,
): Promise<void> {
  if (options.yes !== true) {
    checkCanAsk(shell, "release");
  }
  const rollout = loadRollout(shell.env, shell.cwd);
  const account = targetAccount(rollout, accountName);
  const names = new AccountNames(rollout.partition, account.id);
  const roleArn = names.roleArn(breakGlassRole(shell, rollout, options.role));
  const operator = await operatorFor(names.region, options, "release a user");
  const request: ReleaseRequest = {
    userName: user,
    account: `${account.name} (${account.id})`,
    policyArn: names.quarantinePolicyArn,
    operator,
    approvedBy: options.approvedBy,
    reason: options.reason,
    until: options.until,
    reactivateKeys: options.reactivateKeys === true,
  };
  note(shell, `As ${roleArn}, for ${operator}:`);
  const credentials = await breakGlassCredentials(roleArn, operator, names.region);
  const { IAMClient } = await import("@aws-sdk/client-iam");
  const { releaseUser } = await import("../release/release-user.ts");
  const iam = new IAMClient({ ...clientSettings(names.region), credentials });
  try {
    const result = await interruptible(process, (signal) =>
      releaseUser(request, {
        iam,
        ...dependencies(shell, signal),
        confirm: () => confirm(shell, request, options, signal),
      }),
    );
    conclude(shell, request, result);
  } finally {
    iam.destroy();
  }
}

/** @throws UsageError unless it is the exact name or id of one target account. */
function targetAccount({ accounts }: Rollout, name: string): Account {
  const found = accounts.find((account) => account.name === name || account.id === name);
  if (found === undefined) {
    throw new UsageError(`${name}: expected the name or id of a target account in rollout.yaml`);
  }
  return found;
}

function dependencies(shell: Shell, signal: AbortSignal): Omit<ReleaseDependencies, "iam" | "confirm"> {
  return {
    clock: Date.now,
    random: Math.random,
    sleep: async (ms) => {
      await sleepUntil(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
    },
    say: (line) => note(shell, line),
    signal,
  };
}

function confirm(
  shell: Shell,
  { userName: name }: ReleaseRequest,
  { yes }: ReleaseOptions,
  signal: AbortSignal,
): Promise<boolean> {
  return yes === true ? Promise.resolve(true) : ask(shell, `Release ${name}?`, name, signal);
}

function conclude(shell: Shell, { userName: name, account }: ReleaseRequest, result: ReleaseResult): void {
  const { kind, done, left } = result;
  switch (kind) {
    case "declined":
      note(shell, "Nothing was changed.");
      shell.exitCode = EXIT.failed;
      return;
    case "nothing-to-do":
      print(shell, `${name} in ${account} is released already, and nothing of the quarantine is left.`);
      return;
    case "released":
    case "incomplete":
      done.forEach((line) => print(shell, line));
      left.forEach((line) => print(shell, `left: ${line}`));
      print(
        shell,
        kind === "released"
          ? `${name} in ${account} is released. IAM takes some seconds to act on it.`
          : `${name} in ${account} is NOT released completely: run the command again, or see docs/runbook.md.`,
      );
      shell.exitCode = kind === "released" ? EXIT.done : EXIT.failed;
  }
}

function userName(text: string): string {
  if (!USER_NAME.test(text)) {
    throw new InvalidArgumentError(
      "Expected the name of an IAM user: 1 to 64 of letters, digits and _+=,.@-.",
    );
  }
  return text;
}
