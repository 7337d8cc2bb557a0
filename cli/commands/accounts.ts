import { InvalidArgumentError, type Command } from "commander";
import { readRolloutText } from "../../stacks/config/load";
import { IAM_REGIONS } from "../../stacks/names";
import { prepareImport, type PreparedImport } from "../accounts/import-accounts";
import { hasChanges } from "../accounts/import-plan";
import type { ImportOptions } from "../accounts/import-settings";
import { readFileForImport } from "../accounts/read-file";
import { replaceFile } from "../accounts/replace-file";
import { reportJson, reportText } from "../accounts/report";
import { EXIT } from "../exit-codes";
import { awsOrganizations } from "../organizations/aws-api";
import { organizationsClient, type AwsAccess } from "../organizations/aws-client";
import { explainError } from "../organizations/explain-error";
import type { OrganizationsApi } from "../organizations/organization";
import { repeatable } from "../repeatable";
import { print, printJson, type Shell } from "../shell";

interface CommandOptions extends ImportOptions {
  readonly check?: boolean;
  readonly json?: boolean;
  readonly roleArn?: string;
}

const EXAMPLES = `
Examples:
  quarantine accounts import                                  with the mapping in rollout.yaml
  quarantine accounts import --ou-wave '/Sandbox/**=canary' --wave production
  quarantine accounts import --include 123456789012           a suspended account, or the management account
  quarantine accounts import --check                          in CI: exit 2 when something is new or gone

The mapping in rollout.yaml:
  accountImport:
    waves:                     # the first entry that matches decides
      - ou: /Sandbox/**
        wave: canary
      - ou: /**
        wave: production
    exclude: [/Suspended/**]   # units or ids
    include: ["123456789012"]  # although suspended, excluded or the management account

Accounts that are in rollout.yaml keep their name, wave and settings. None is ever removed: those that are gone are
named, and quarantine retire takes one out.`;

/** Adds `accounts import`. */
export function registerAccounts(program: Command, shell: Shell): void {
  const accounts = program.command("accounts").description("the accounts in rollout.yaml");
  accounts
    .command("import")
    .description("bring the accounts of AWS Organizations into rollout.yaml, in place")
    .addOption(
      repeatable(
        "--ou-wave <path=wave>",
        "wave of the new accounts there, before the mapping of rollout.yaml",
      ),
    )
    .option("--wave <name>", "wave of the new accounts that no mapping matches")
    .addOption(
      repeatable(
        "--include <id>",
        "import this account although suspended, excluded or management",
        accountId,
      ),
    )
    .addOption(
      repeatable("--exclude <id|path>", "do not import this account, or those of this unit", accountIdOrPath),
    )
    .option("--move", "also move accounts that are in rollout.yaml to the wave of their unit")
    .option("--check", "write nothing; exit 2 when accounts would be added or moved, or are gone")
    .option("--json", "print the result as JSON")
    .option("--role-arn <arn>", "role to assume, in the management account or a delegated administrator")
    .addHelpText("after", EXAMPLES)
    .action((options: CommandOptions) => importAccounts(shell, options));
}

async function importAccounts(shell: Shell, options: CommandOptions): Promise<void> {
  const source = readRolloutText(shell.env, shell.cwd);
  const configuration = readFileForImport(source);
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
    print(shell, reportText(report, shell.stdout.isTTY === true));
  }
  if (!writes && hasChanges(plan)) {
    shell.exitCode = EXIT.changes;
  }
}

async function withOrganizations(
  access: AwsAccess,
  work: (api: OrganizationsApi) => Promise<PreparedImport>,
): Promise<PreparedImport> {
  const client = await organizationsClient(access);
  try {
    return await work(await awsOrganizations(client));
  } catch (error) {
    throw explainError(error);
  } finally {
    client.destroy();
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
