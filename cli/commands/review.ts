import { Option, type Command } from "commander";
import { messageOf } from "../../functions/shared/message-of";
import { loadRollout, readRolloutText, synthesisTime } from "../../stacks/config/load";
import type { Account, Rollout } from "../../stacks/config/rollout";
import { IAM_REGIONS } from "../../stacks/names";
import { UsageError } from "../errors";
import { EXIT } from "../exit-codes";
import { roleName } from "../option-values";
import { withOrganizations } from "../organizations/with-organizations";
import { describeRights } from "../policies/command-rights";
import { reportFileOf, writeWhole } from "../report/report-file";
import { ACCOUNTS_AT_ONCE, withAccountReader } from "../review/account-reader";
import { checkBackend, withDrift } from "../review/drift";
import { readOrganization, type OrganizationReading } from "../review/read-organization";
import type { Review } from "../review/review";
import { reviewMarkdown } from "../review/review-markdown";
import { reviewOrganization, type ReviewDependencies } from "../review/review-organization";
import { reviewExitCode, reviewText } from "../review/review-text";
import { withFolderLock } from "../run/folder-lock";
import { concurrencyOption, outputOption, retryOption } from "../run/options";
import { orphanedAccounts } from "../run/orphaned-accounts";
import { addSelectionOptions, type SelectionOptions } from "../selection/options";
import { selectStacks } from "../selection/select-stacks";
import { colorsFor, note, print, printJson, type Shell } from "../shell";
import { stackTargets, type StackTarget } from "../stack-target";
import { synthesizeStacks } from "../synthesis";
import { describeOrphaned } from "../view/rollout-text";

interface ReviewOptions extends SelectionOptions {
  readonly concurrency: number;
  readonly output: string;
  readonly organization?: true;
  readonly roleArn?: string;
  readonly drift?: true;
  readonly live?: true;
  /** Name of the role that `--drift` and `--live` assume instead of `deploymentRole`. */
  readonly role?: string;
  /** Milliseconds. */
  readonly retryFor: number;
  readonly json?: true;
  readonly markdown?: true;
  readonly html?: string;
}

const HELP = `
Compares the state of every account with what this checkout would deploy, and shows the differences: missing and surplus
resources, attributes, code and mode, when the account was last applied, and where the guard is attached. It changes and
locks nothing. It reads the states itself: files, objects in S3 as the role of backend.roleArn, or workspaces of HCP
Terraform with Terraform's token; docs/state.md lists the permissions. A state is what the last apply knew: without
--drift, AWS is not asked. docs/adr/0025-review.md says what a review does not see.

--organization also asks AWS Organizations, with the credentials of the environment or the role of --role-arn. Active
accounts that rollout.yaml does not list come first; those that accountImport.exclude leaves out are listed too. A role
of --role-arn needs these permissions; policies --may-read generates one in managementAccount (QuarantineRead):
${describeRights("review --organization")}

--drift also asks AWS whether each account has what its state says, and names each attribute that differs. Terraform
plans a refresh only, without a lock, in 10 to 20 seconds per account. Not possible with HCP Terraform. A role of --role
needs what a plan needs; policies --may-plan generates it.

--live also shows quarantined users, as status does, and the last drill. A role of --role needs these permissions, the
log where drills are on; policies --may-read generates one (QuarantineRead):
${describeRights("review --live")}
For --drift and --live together, give a role the policies of both.

--html writes one self-contained file, which sends no request. It is as confidential as the review.

Accounts with the same result share a row; --json lists each, by the schema docs/review.schema.json.

Exit code 0: everything is as configured; 2: something differs; 1: an account could not be read.

Examples:
  npm run quarantine -- review
  npm run quarantine -- review --organization --role-arn arn:aws:iam::999988887777:role/QuarantineRead
  npm run quarantine -- review --live --role QuarantineRead
  npm run quarantine -- review --account payments --drift --role QuarantinePlan
  npm run quarantine -- review --organization --html review.html
  npm run -s quarantine -- review --markdown > review.md    for a pull request's comment`;

/** Accounts after which a line says how far it is. */
const PROGRESS = 50;

/** `review`: what is deployed, against what this checkout configures. */
export function registerReview(program: Command, shell: Shell): void {
  const command = program
    .command("review")
    .description("show for every account whether it is deployed as this checkout configures it");
  addSelectionOptions(command)
    .option("--organization", "also ask AWS Organizations for accounts that rollout.yaml does not list")
    .option(
      "--role-arn <arn>",
      "role to assume for --organization, in the management account or a delegated administrator",
    )
    .option("--drift", "also ask AWS whether it has what the states say")
    .option("--live", "also ask AWS for quarantined users and the last drill")
    .addOption(
      new Option(
        "--role <name>",
        "role that --drift and --live assume in the accounts instead of deploymentRole, such as a read-only role",
      ).argParser(roleName),
    )
    .addOption(concurrencyOption())
    .addOption(retryOption())
    .addOption(outputOption())
    .addOption(new Option("--json", "print JSON").conflicts("markdown"))
    .option("--markdown", "print Markdown, for a pull request's comment")
    .option(
      "--html <file>",
      "also write an HTML page: a map, a table with filters, and the details of each account",
    )
    .addHelpText("after", HELP)
    .action((options: ReviewOptions) => runReview(shell, options));
}

async function runReview(shell: Shell, options: ReviewOptions): Promise<void> {
  const page = options.html === undefined ? undefined : reportFileOf(shell, options.html, "--html");
  const rollout = loadRollout(shell.env, shell.cwd, synthesisTime(shell.env));
  checkAsked(options, rollout);
  const targets = await selectStacks(stackTargets(rollout), options, shell);
  describeOrphaned(orphanedAccounts(rollout)).forEach((line) => note(shell, line));
  const organization =
    options.organization === true ? await askOrganization(shell, options, rollout) : undefined;
  const { result: review, isInterrupted } = await withAnswers(
    shell,
    options,
    { rollout, targets },
    (answers) =>
      reviewOrganization(targets, {
        rollout,
        ...answers,
        organization,
        concurrency: options.drift === true ? options.concurrency : ACCOUNTS_AT_ONCE,
        onRead: (count) => {
          if (count % PROGRESS === 0 && rollout.backend.type !== "local") {
            note(shell, `${count} of ${targets.length} accounts read`);
          }
        },
        now: () => new Date(),
      }),
  );
  printReview(shell, options, review);
  shell.exitCode = isInterrupted ? EXIT.interrupted : reviewExitCode(review);
  if (page !== undefined) {
    await writePage(shell, page, review);
  }
}

async function writePage(shell: Shell, file: string, review: Review): Promise<void> {
  const { reviewHtml } = await import("../review/page/page.ts");
  try {
    writeWhole(file, reviewHtml(review));
  } catch (error) {
    note(shell, `The page could not be written: ${messageOf(error)}`);
    shell.exitCode = EXIT.failed;
  }
}

/** @throws UsageError for what does not go together, before anything is asked. */
function checkAsked({ organization, roleArn, drift, live, role }: ReviewOptions, rollout: Rollout): void {
  if (roleArn !== undefined && organization !== true) {
    throw new UsageError("--role-arn: expected --organization with it; states are read without it");
  }
  if (role !== undefined && drift !== true && live !== true) {
    throw new UsageError("--role: expected --drift or --live with it; states are read without it");
  }
  if (drift === true) {
    checkBackend(rollout);
  }
}

function printReview(shell: Shell, { json, markdown }: ReviewOptions, review: Review): void {
  if (json === true) {
    printJson(shell, review);
  } else if (markdown === true) {
    print(shell, reviewMarkdown(review));
  } else {
    const { stdout } = shell;
    // Some terminals say 0 for what they do not know.
    const columns = (stdout.isTTY === true && stdout.columns) || undefined;
    print(shell, reviewText(review, colorsFor(stdout, shell), columns));
  }
}

function askOrganization(
  shell: Shell,
  { roleArn }: ReviewOptions,
  rollout: Rollout,
): Promise<OrganizationReading> {
  const { name } = readRolloutText(shell.env, shell.cwd);
  const access = { region: IAM_REGIONS[rollout.partition], roleArn, sessionName: "quarantine-review" };
  return withOrganizations(access, (api) => readOrganization(rollout, name, api));
}

/** What is read for a review. */
type Answers = Pick<ReviewDependencies, "version" | "readAccount" | "readDrift" | "readLive">;

interface Reviewed {
  readonly rollout: Rollout;
  readonly targets: readonly StackTarget[];
}

/** Reads what the options ask for. Only `--drift` needs Terraform, and the lock of the folder it works in. */
async function withAnswers(
  shell: Shell,
  options: ReviewOptions,
  { rollout, targets }: Reviewed,
  work: (answers: Answers) => Promise<Review>,
): Promise<{ readonly result: Review; readonly isInterrupted: boolean }> {
  const { output, concurrency, retryFor } = options;
  const live = options.live === true ? await import("../review/live.ts") : undefined;
  const readLive =
    live &&
    ((accounts: readonly Account[]) => live.readLive(asRole(rollout, options), accounts, concurrency));
  const withReader = (answers: Omit<Answers, "version" | "readAccount">) =>
    withAccountReader(rollout, shell.env, targets.length, (reader) => work({ ...reader, ...answers }));
  if (options.drift !== true) {
    return { result: await withReader({ readLive }), isInterrupted: false };
  }
  return withFolderLock(shell, "review", async () => {
    const synthesis = await synthesizeStacks(shell, output, (configured) => asRole(configured, options));
    const run = { output, concurrency, retryFor, lockTimeout: 0 };
    return withDrift(shell, run, synthesis, targets, (readDrift) => withReader({ readDrift, readLive }));
  });
}

function asRole(rollout: Rollout, { role }: ReviewOptions): Rollout {
  return role === undefined ? rollout : { ...rollout, assumedRole: role };
}
