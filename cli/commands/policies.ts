import path from "node:path";
import { InvalidArgumentError, Option, type Command } from "commander";
import { parseArn } from "../../functions/shared/arn";
import { loadRollout, synthesisTime } from "../../stacks/config/load";
import type { Rollout } from "../../stacks/config/rollout";
import type { FunctionPackages } from "../../stacks/function-package";
import { UsageError } from "../errors";
import { repeatable, roleName } from "../option-values";
import {
  accountRoles,
  rolloutForRoles,
  type AccountRoles,
  type RoleSettings,
} from "../policies/account-roles";
import { roleFiles, templateFiles, writeFiles, type GeneratedFile } from "../policies/files";
import { addSelectionOptions, type SelectionOptions } from "../selection/options";
import { selectStacks } from "../selection/select-stacks";
import { note, print, type Shell } from "../shell";
import { stackTargets } from "../stack-target";

interface PoliciesOptions extends SelectionOptions {
  readonly mayDeploy: readonly string[];
  readonly mayPlan?: readonly string[];
  readonly planRole: string;
  readonly sourceIdentity?: string;
  /** False with `--no-boundary`. */
  readonly boundary: boolean;
  readonly format: "json" | "cloudformation";
  readonly out?: string;
}

/** No function is bundled: its code is in no policy. CDKTF looks whether the file is there. */
const ANY_FILE = { path: path.join(__dirname, "../../package.json"), sha256: "" };
const NO_PACKAGES: FunctionPackages = {
  ...{ responder: ANY_FILE, simulation: ANY_FILE, notifier: ANY_FILE, sweep: ANY_FILE, drill: ANY_FILE },
  version: "",
};

const HELP = `
Writes, from the stacks, what the roles of the rollout need in each kind of account: the role that plans, the one that
rolls out, upgrades and retires, the trust policy of both, and a permissions boundary for the roles that the rollout
makes. They cover every setting, on or off. docs/deployment-role.md says how to distribute them, and what they do not
keep anybody from.

The deploying role has the name of deploymentRole in rollout.yaml; in place of OrganizationAccountAccessRole, it is
QuarantineDeploy.

Examples:
  npm run quarantine -- policies --may-deploy arn:aws:iam::123456789012:role/Deployer --out policies
  npm run quarantine -- policies --may-deploy ARN --may-plan ARN --format cloudformation --out policies    for StackSets
  npm run quarantine -- policies --may-deploy ARN --account payments    prints the policies of one account`;

/** `policies`: the roles that deploy, as files. */
export function registerPolicies(program: Command, shell: Shell): void {
  const command = program
    .command("policies")
    .description("write the least-privilege policies of the roles that plan and deploy")
    .addOption(
      repeatable(
        "--may-deploy <arn>",
        "role, user or account root that may assume the deploying role (required)",
        principalArn,
      ).makeOptionMandatory(),
    )
    .addOption(
      repeatable(
        "--may-plan <arn>",
        "who may assume the planning role; without it, who may deploy",
        principalArn,
      ),
    )
    .addOption(
      new Option("--plan-role <name>", "name of the planning role")
        .argParser(roleName)
        .default("QuarantinePlan"),
    )
    .option(
      "--source-identity <pattern>",
      "a session must have such a source identity, for example '*@example.com'",
    )
    .option("--no-boundary", "leave the permissions boundary out: the organization has one of its own")
    .addOption(
      new Option("--format <format>", "policies for each account, or templates for each kind of account")
        .choices(["json", "cloudformation"])
        .default("json"),
    )
    .option("--out <folder>", "write files to this folder instead of printing those of one account");
  addSelectionOptions(command)
    .addHelpText("after", HELP)
    .action((options: PoliciesOptions) => writePolicies(shell, options));
}

async function writePolicies(shell: Shell, options: PoliciesOptions): Promise<void> {
  const { env, cwd } = shell;
  const rollout = loadRollout(env, cwd, synthesisTime(env));
  const roles = await rolesOfSelected(shell, rollout, options);
  const files = options.format === "cloudformation" ? templateFiles(roles) : roleFiles(roles, rollout);
  if (options.out === undefined) {
    print(shell, onlyFile(roles, files, options));
    return;
  }
  writeFiles(cwd, options.out, files);
  files.forEach(({ name }) => note(shell, `${options.out}/${name}`));
  for (const name of new Set(roles.map(({ apply }) => apply.name))) {
    note(shell, `In rollout.yaml, the deploymentRole of these accounts is ${name}.`);
  }
}

async function rolesOfSelected(
  shell: Shell,
  rollout: Rollout,
  options: PoliciesOptions,
): Promise<AccountRoles[]> {
  const wide = rolloutForRoles(rollout);
  const targets = await selectStacks(stackTargets(wide), options, shell);
  // CDKTF takes half a second to load.
  const { stackMaker } = await import("../../stacks/synthesis/synthesize.ts");
  const stackJson = stackMaker(wide, NO_PACKAGES);
  const { mayDeploy, mayPlan = mayDeploy, planRole, sourceIdentity, boundary } = options;
  const settings: RoleSettings = { mayDeploy, mayPlan, planRole, sourceIdentity, boundary };
  return targets.map(({ accountId: id, name }) =>
    accountRoles(rollout, wide, { id, name }, stackJson(id), settings),
  );
}

/** Without a folder, one document is printed: a template, or everything about one account. */
function onlyFile(
  roles: readonly AccountRoles[],
  files: readonly GeneratedFile[],
  { format }: PoliciesOptions,
): string {
  const [template, ...others] = files;
  if (format === "cloudformation" && template !== undefined && others.length === 0) {
    return template.text.trimEnd();
  }
  const [only, ...more] = roles;
  if (format === "json" && only !== undefined && more.length === 0) {
    return JSON.stringify(only, undefined, 2);
  }
  const what = format === "json" ? "one account" : "accounts of one kind";
  throw new UsageError(
    `without --out, expected ${what}, found ${roles.length} accounts: select with --account, or name a folder`,
  );
}

function principalArn(value: string): string {
  const { service, accountId = "", resource = "" } = parseArn(value) ?? {};
  const isPrincipal =
    service === "iam" &&
    /^\d{12}$/.test(accountId) &&
    /^(?:root$|(?:role|user)\/[\w+=,.@/-]+$)/.test(resource);
  if (!isPrincipal) {
    throw new InvalidArgumentError(
      "Expected the ARN of a role, a user or an account's root, such as arn:aws:iam::123456789012:role/Deployer.",
    );
  }
  return value;
}
