import { InvalidArgumentError, type Command } from "commander";
import { readRolloutText } from "../../stacks/config/load";
import { parseUnfilled } from "../../stacks/config/parse-unfilled";
import { IAM_REGIONS } from "../../stacks/names";
import { prepareImport } from "../accounts/import-accounts";
import { hasChanges } from "../accounts/import-plan";
import { reportJson, reportText } from "../accounts/import-report";
import type { ImportOptions } from "../accounts/import-settings";
import { replaceFile } from "../accounts/replace-file";
import { EXIT } from "../exit-codes";
import { repeatable } from "../option-values";
import { withOrganizations } from "../organizations/with-organizations";
import { colorsFor, print, printJson, type Shell } from "../shell";

interface CommandOptions extends ImportOptions {
  readonly check?: boolean;
  readonly json?: boolean;
  readonly roleArn?: string;
}

const EXAMPLES = `
Examples:
  npm run quarantine -- accounts import                                  uses the mapping in rollout.yaml
  npm run quarantine -- accounts import --ou-wave '/Sandbox/**=canary' --wave production    for this import only
  npm run quarantine -- accounts import --include 123456789012           a suspended account, or the management account
  npm run quarantine -- accounts import --check                          for CI: exits 2 if accounts are new or gone

The mapping in rollout.yaml:
  accountImport:
    waves:                     # the first entry that matches decides
      - ou: /Sandbox/**
        wave: canary
      - ou: /**
        wave: production
    exclude: [/Suspended/**]   # organizational units or account ids
    include: ["123456789012"]  # even if suspended, excluded or the management account

Accounts already in rollout.yaml keep their name, wave and settings. The import never removes an account: it lists
accounts that are gone, and quarantine retire removes an account.`;

/** Adds `accounts import`. */
export function registerAccounts(program: Command, shell: Shell): void {
  const accounts = program.command("accounts").description("manage the accounts in rollout.yaml");
  accounts
    .command("import")
    .description("add the accounts of AWS Organizations to rollout.yaml, in place")
    .addOption(
      repeatable(
        "--ou-wave <path=wave>",
        "wave of new accounts in this organizational unit; comes before the mapping in rollout.yaml",
      ),
    )
    .option("--wave <name>", "wave of new accounts that no mapping matches")
    .addOption(
      repeatable(
        "--include <id>",
        "import this account even if it is suspended, excluded or the management account",
        accountId,
      ),
    )
    .addOption(
      repeatable(
        "--exclude <id|path>",
        "do not import this account, or the accounts of this organizational unit",
        accountIdOrPath,
      ),
    )
    .option("--move", "also move accounts already in rollout.yaml to the wave that the mapping gives them")
    .option("--check", "write nothing; exit with 2 if accounts would be added or moved, or are gone")
    .option("--json", "print the result as JSON")
    .option("--role-arn <arn>", "role to assume, in the management account or a delegated administrator")
    .addHelpText("after", EXAMPLES)
    .action((options: CommandOptions) => importAccounts(shell, options));
}

async function importAccounts(shell: Shell, options: CommandOptions): Promise<void> {
  const source = readRolloutText(shell.env, shell.cwd);
  const configuration = parseUnfilled(source);
  const access = { region: IAM_REGIONS[configuration.partition ?? "aws"], roleArn: options.roleArn };
  const { plan, text } = await withOrganizations(access, (api) =>
    prepareImport(source, configuration, options, api),
  );
  const writes = !options.check;
  if (writes && text !== source.text) {
    await replaceFile(source.file, source.text, text);
  }
  const report = { file: source.name, plan, writes };
  if (options.json) {
    printJson(shell, reportJson(report));
  } else {
    print(shell, reportText(report, colorsFor(shell.stdout, shell)));
  }
  if (!writes && hasChanges(plan)) {
    shell.exitCode = EXIT.changes;
  }
}

function accountIdOrPath(value: string): string {
  if (!/^(?:\d{12}$|\/)/.test(value)) {
    throw new InvalidArgumentError("Expected the 12 digits of an account id, or a path such as /Sandbox/**.");
  }
  return value;
}

function accountId(value: string): string {
  if (!/^\d{12}$/.test(value)) {
    throw new InvalidArgumentError("Expected the 12 digits of an account id.");
  }
  return value;
}
