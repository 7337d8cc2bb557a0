import { Option, type Command } from "commander";
import { messageOf } from "../../functions/shared/message-of";
import { loadRollout, readRolloutText, synthesisTime } from "../../stacks/config/load";
import type { Rollout } from "../../stacks/config/rollout";
import { IAM_REGIONS } from "../../stacks/names";
import { EXIT } from "../exit-codes";
import { withOrganizations } from "../organizations/with-organizations";
import { reportFileOf, writeWhole } from "../report/report-file";
import { readOrganization, type OrganizationReading } from "../review/read-organization";
import { localStates, terraformStates, type ReadState } from "../review/read-state";
import type { Review } from "../review/review";
import { reviewMarkdown } from "../review/review-markdown";
import { reviewOrganization } from "../review/review-organization";
import { reviewExitCode, reviewText } from "../review/review-text";
import { withFolderLock } from "../run/folder-lock";
import { interruptible } from "../run/interrupts";
import { concurrencyOption, outputOption } from "../run/options";
import { orphanedAccounts } from "../run/orphaned-accounts";
import { addSelectionOptions, type SelectionOptions } from "../selection/options";
import { selectStacks } from "../selection/select-stacks";
import { colorsFor, note, print, printJson, type Shell } from "../shell";
import { stackTargets } from "../stack-target";
import { expectStacks, synthesizeStacks } from "../synthesis";
import { openTerraform } from "../terraform/open-terraform";
import { StackTerraform } from "../terraform/stack-terraform";
import { describeOrphaned } from "../view/rollout-text";

interface ReviewOptions extends SelectionOptions {
  readonly concurrency: number;
  readonly output: string;
  readonly organization?: true;
  readonly roleArn?: string;
  readonly json?: true;
  readonly markdown?: true;
  readonly html?: string;
}

const HELP = `
Reads the state of every account, and says where it is not what this checkout would deploy: missing and surplus
resources, attributes, code, mode, and where the guard is attached. It changes and locks nothing. Local states are read
as files; for the other backends, Terraform reads them. What the state says is what the last apply knew: AWS is not
asked. What a review does not see is in docs/adr/0025-review.md.

--organization also asks AWS Organizations, with the credentials of the environment or the role of --role-arn: active
accounts that rollout.yaml does not list come first, those that accounts import leaves out too. It needs
organizations:DescribeOrganization, ListRoots, ListOrganizationalUnitsForParent, ListAccountsForParent and DescribeAccount.

--html writes one file that needs nothing else and sends nothing. It is as confidential as the review.

Accounts that stand alike share a row; --json lists each, by the schema docs/review.schema.json.

Exit code 0: all is as configured; 2: something is not; 1: an account could not be read.

Examples:
  npm run quarantine -- review
  npm run quarantine -- review --organization --role-arn arn:aws:iam::999988887777:role/OrganizationRead
  npm run quarantine -- review --account payments
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
    .option("--organization", "also ask AWS Organizations for accounts that nobody covers")
    .option(
      "--role-arn <arn>",
      "role to assume for --organization, in the management account or a delegated administrator",
    )
    .addOption(concurrencyOption())
    .addOption(outputOption())
    .addOption(new Option("--json", "print JSON").conflicts("markdown"))
    .option("--markdown", "print Markdown, for a pull request's comment")
    .option(
      "--html <file>",
      "also write one page to look at: a picture, a table to filter, each account's detail",
    )
    .addHelpText("after", HELP)
    .action((options: ReviewOptions) => runReview(shell, options));
}

async function runReview(shell: Shell, options: ReviewOptions): Promise<void> {
  const page = options.html === undefined ? undefined : reportFileOf(shell, options.html, "--html");
  const rollout = loadRollout(shell.env, shell.cwd, synthesisTime(shell.env));
  const targets = await selectStacks(stackTargets(rollout), options, shell);
  describeOrphaned(orphanedAccounts(rollout)).forEach((line) => note(shell, line));
  const organization =
    options.organization === true ? await askOrganization(shell, options, rollout) : undefined;
  const expected = await expectStacks(rollout);
  const review = await withStates(shell, options, rollout, (readState) =>
    reviewOrganization(targets, {
      expected,
      readState,
      organization,
      concurrency: options.concurrency,
      onRead: (count) => {
        if (count % PROGRESS === 0 && rollout.backend.type !== "local") {
          note(shell, `${count} of ${targets.length} accounts read`);
        }
      },
      now: () => new Date(),
    }),
  );
  printReview(shell, options, review);
  shell.exitCode = reviewExitCode(review);
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

function printReview(shell: Shell, { json, markdown }: ReviewOptions, review: Review): void {
  if (json === true) {
    printJson(shell, review);
  } else if (markdown === true) {
    print(shell, reviewMarkdown(review));
  } else {
    print(shell, reviewText(review, colorsFor(shell.stdout, shell)));
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

/** Local states need no Terraform, and no lock of the folder that it would work in. */
async function withStates<T>(
  shell: Shell,
  { output }: ReviewOptions,
  { backend }: Rollout,
  work: (readState: ReadState) => Promise<T>,
): Promise<T> {
  if (backend.type === "local") {
    return work(localStates(backend.directory));
  }
  return withFolderLock(shell, "review", async () => {
    const { outdir } = await synthesizeStacks(shell, output);
    return interruptible(process, async (signal) => {
      const terraform = new StackTerraform(await openTerraform(shell, outdir, "review", signal));
      signal.addEventListener("abort", () => terraform.interrupt(), { once: true });
      return work(terraformStates(terraform, signal));
    });
  });
}
