import path from "node:path";
import { Option, type Command } from "commander";
import { messageOf } from "../../functions/shared/message-of";
import { runConcurrently } from "../../functions/shared/run-concurrently";
import { loadRollout, readRolloutText } from "../../stacks/config/load";
import type { Account, Rollout } from "../../stacks/config/rollout";
import { repeatable, roleName, wholeNumber } from "../option-values";
import { describeRights } from "../policies/command-rights";
import { selectTargets } from "../selection/select-targets";
import { colorsFor, note, print, printJson, type Shell } from "../shell";
import { stackTargets } from "../stack-target";
import type { ReplaySource } from "../verdicts/replay-report";

interface ReplayOptions {
  readonly account?: readonly string[];
  readonly days: number;
  readonly from?: readonly string[];
  readonly cache: string;
  readonly role?: string;
  readonly concurrency: number;
  readonly json?: true;
  readonly markdown?: true;
}

const MAX_DAYS = 90;
const CONCURRENCY = 20;
const CACHE = ".replay";

const HELP = `
Reads the CreateUser records of every account from CloudTrail's event history, judges them with this rollout.yaml and
the responder's own code, and shows what mode enforce would have done: which users would have been quarantined, which
users an entry of trust covers, and which new entries would cover the rest. It changes nothing in any account. The end of an
entry (until) is compared with today, not with the day of the creation.

Records are cached in a folder (--cache) that only you can read. They contain names of users and creators, IP addresses,
user agents and ids of access keys, but no secret. A stopped run is resumed, and a later run reads only what is new.
Delete the folder when you are done.

CloudTrail allows two lookups per second and account, with 50 records each. --from reads files instead: those of a trail
(.json, .json.gz), or the output of aws cloudtrail lookup-events.

With --role, the role needs these permissions; policies --may-read generates one (QuarantineRead):
${describeRights("replay")}

Exit code 0: no user would have been quarantined; 2: users would have been; 1: an account or a record could not be read.

Examples:
  npm run quarantine -- replay --days 90 --role QuarantineRead
  npm run quarantine -- replay --account 'pay*' --days 7
  npm run -s quarantine -- replay --from trail/*.json.gz --markdown > replay.md`;

/** `replay`: what `enforce` would have done. */
export function registerReplay(program: Command, shell: Shell): void {
  program
    .command("replay")
    .description("judge the users of the last 90 days with this configuration, before you enforce it")
    .addOption(
      repeatable("-a, --account <name>", "only this account: a name, an id or a glob such as 'pay*'"),
    )
    .addOption(
      new Option("-d, --days <count>", "how far back to look")
        .argParser(wholeNumber(1, MAX_DAYS))
        .default(MAX_DAYS),
    )
    .addOption(
      new Option(
        "--from <files...>",
        "read CloudTrail's records from files, and not from the accounts",
      ).conflicts(["days", "role", "cache"]),
    )
    .addOption(new Option("--cache <folder>", "folder for the records that were read").default(CACHE))
    .addOption(
      new Option(
        "--role <name>",
        "role to assume in the accounts instead of deploymentRole, such as a read-only role",
      ).argParser(roleName),
    )
    .addOption(
      new Option("-c, --concurrency <count>", "accounts to read at once")
        .argParser(wholeNumber(1))
        .default(CONCURRENCY),
    )
    .addOption(new Option("--json", "print JSON").conflicts("markdown"))
    .option("--markdown", "print Markdown, for a pull request or a ticket")
    .addHelpText("after", HELP)
    .action((options: ReplayOptions) => showReplay(shell, options));
}

async function showReplay(shell: Shell, options: ReplayOptions): Promise<void> {
  const configured = loadRollout(shell.env, shell.cwd);
  const rollout = options.role === undefined ? configured : { ...configured, assumedRole: options.role };
  const accounts = selectedAccounts(rollout, options);
  const { decidingLines } = await import("../verdicts/deciding-line.ts");
  const { replay } = await import("../verdicts/replay.ts");
  const report = await import("../verdicts/replay-report.ts");
  const findLine = decidingLines(readRolloutText(shell.env, shell.cwd));
  const { records, source } = await (options.from === undefined
    ? lookUp(shell, rollout, accounts, options)
    : readFiles(shell, options.from));
  const result = replay(records, { ...rollout, accounts }, findLine, Date.now());
  if (options.json === true) {
    printJson(shell, report.replayJson(result, source));
  } else if (options.markdown === true) {
    print(shell, report.replayMarkdown(result, source));
  } else {
    print(shell, report.replayText(result, source, colorsFor(shell.stdout, shell)));
  }
  shell.exitCode = report.replayExitCode(result, source);
}

interface Records {
  readonly records: readonly Readonly<Record<string, unknown>>[];
  readonly source: ReplaySource;
}

async function readFiles(shell: Shell, files: readonly string[]): Promise<Records> {
  const { readRecordFile } = await import("../verdicts/record-files.ts");
  const records = files.flatMap((file) => readRecordFile(file, shell.cwd));
  return { records, source: { title: files.length === 1 ? "1 file" : `${files.length} files`, failed: [] } };
}

async function lookUp(
  shell: Shell,
  rollout: Rollout,
  accounts: readonly Account[],
  { days, cache: folder, concurrency }: ReplayOptions,
): Promise<Records> {
  const { RecordCache } = await import("../verdicts/record-cache.ts");
  const { readAccountCreations } = await import("../verdicts/account-lookup.ts");
  const cache = new RecordCache(path.resolve(shell.cwd, folder));
  cache.open();
  let read = 0;
  const readings = await runConcurrently(accounts, concurrency, async (account) => {
    try {
      return { records: await readAccountCreations(rollout, account, days, cache), failed: [] };
    } catch (error) {
      return { records: [], failed: [{ account: account.name, error: messageOf(error) }] };
    } finally {
      read += 1;
      if (read % PROGRESS === 0) {
        note(shell, `${read} of ${accounts.length} accounts read`);
      }
    }
  });
  const today = new Date().toISOString().slice(0, 10);
  const title = `${days} days to ${today}, ${accounts.length} account${accounts.length === 1 ? "" : "s"}`;
  return {
    records: readings.flatMap(({ records }) => records),
    source: { title, failed: readings.flatMap(({ failed }) => failed) },
  };
}

/** A progress line is printed after this number of accounts. */
const PROGRESS = 50;

/** Only target accounts have a responder. */
function selectedAccounts(rollout: Rollout, { account }: ReplayOptions): Account[] {
  const targets = stackTargets(rollout).filter(({ wave }) => wave !== undefined);
  const selected = new Set(
    selectTargets(targets, { ...(account !== undefined && { account }) }).map(({ accountId }) => accountId),
  );
  return rollout.accounts.filter(({ id }) => selected.has(id));
}
