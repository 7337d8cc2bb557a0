import path from "node:path";
import { InvalidArgumentError, Option, type Command } from "commander";
import { parseArn } from "../../functions/shared/arn";
import { loadRollout, synthesisTime } from "../../stacks/config/load";
import type { Rollout } from "../../stacks/config/rollout";
import type { FunctionPackages } from "../../stacks/function-package";
import { breakGlassRole } from "../break-glass/session";
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
  readonly mayDeploy?: readonly string[];
  readonly mayPlan?: readonly string[];
  readonly mayRead?: readonly string[];
  readonly mayDrill?: readonly string[];
  readonly mayRelease?: readonly string[];
  readonly planRole: string;
  readonly readRole: string;
  readonly drillRole: string;
  readonly breakGlassRole?: string;
  readonly sourceIdentity?: string;
  /** False with `--no-boundary`. */
  readonly boundary: boolean;
  readonly format: "json" | "cloudformation";
  readonly out?: string;
}

/** No function is bundled, since policies do not contain its code. CDKTF requires that the file exists. */
const ANY_FILE = { path: path.join(__dirname, "../../package.json"), sha256: "" };
const NO_PACKAGES: FunctionPackages = {
  ...{ responder: ANY_FILE, simulation: ANY_FILE, notifier: ANY_FILE, sweep: ANY_FILE, drill: ANY_FILE },
  version: "",
};

const HELP = `
Generates the policies and trust policies of roles in each kind of account: one role for each --may option.

  --may-deploy    rollout, retire, recover, and what --may-read and --may-drill allow; its name is deploymentRole of
                  rollout.yaml, or QuarantineDeploy instead of OrganizationAccountAccessRole
  --may-plan      plan, review --drift
  --may-read      status, review --live, replay, explain; in managementAccount review --organization, accounts import
  --may-drill     drill
  --may-release   release, pause, resume: one of guard.breakGlassRoles, and a session must have a source identity

With --may-deploy it also generates a permissions boundary for the roles that a rollout creates. The policies come from
the stacks and cover every setting, on or off. A template contains only the roles that you name: name all of them each
time. docs/deployment-role.md says how to deploy them, and what they can do nevertheless.

Examples:
  npm run quarantine -- policies --may-deploy arn:aws:iam::123456789012:role/Deployer --out policies
  npm run quarantine -- policies --may-deploy ARN --may-plan ARN --format cloudformation --out policies    for StackSets
  npm run quarantine -- policies --may-read ARN --may-release ARN --account payments    prints the roles of one account`;

/** `policies`: roles for the rollout and for operators, as files. */
export function registerPolicies(program: Command, shell: Shell): void {
  const command = program
    .command("policies")
    .description("generate least-privilege roles: those that plan and deploy, and those of operators")
    .addOption(
      mayAssume("--may-deploy <arn>", "who may assume the deployment role: a role, user or account root"),
    )
    .addOption(
      mayAssume("--may-plan <arn>", "the same for the planning role; by default, those of --may-deploy"),
    )
    .addOption(mayAssume("--may-read <arn>", "the same for the role that reads accounts"))
    .addOption(mayAssume("--may-drill <arn>", "the same for the role that runs drills"))
    .addOption(mayAssume("--may-release <arn>", "the same for a break-glass role"))
    .addOption(nameOf("--plan-role <name>", "name of the planning role").default("QuarantinePlan"))
    .addOption(nameOf("--read-role <name>", "name of the reading role").default("QuarantineRead"))
    .addOption(nameOf("--drill-role <name>", "name of the drill role").default("QuarantineDrill"))
    .addOption(nameOf("--break-glass-role <name>", "one of guard.breakGlassRoles; the first by default"))
    .option(
      "--source-identity <pattern>",
      "pattern of the source identity that a session must have, for example '*@example.com'",
    )
    .option("--no-boundary", "generate no permissions boundary, if your organization has its own")
    .addOption(
      new Option(
        "--format <format>",
        "json: policies per account; cloudformation: a template per kind of account",
      )
        .choices(["json", "cloudformation"])
        .default("json"),
    )
    .option("--out <folder>", "write files to this folder instead of printing those of one account");
  addSelectionOptions(command)
    .addHelpText("after", HELP)
    .action((options: PoliciesOptions) => writePolicies(shell, options));
}

function mayAssume(flags: string, description: string): Option {
  return repeatable(flags, description, principalArn);
}

function nameOf(flags: string, description: string): Option {
  return new Option(flags, description).argParser(roleName);
}

async function writePolicies(shell: Shell, options: PoliciesOptions): Promise<void> {
  const { env, cwd } = shell;
  const rollout = loadRollout(env, cwd, synthesisTime(env));
  const settings = roleSettings(shell, rollout, options);
  const roles = await rolesOfSelected(shell, rollout, options, settings);
  const files = options.format === "cloudformation" ? templateFiles(roles) : roleFiles(roles, rollout);
  if (options.out === undefined) {
    print(shell, onlyFile(roles, files, options));
    return;
  }
  writeFiles(cwd, options.out, files);
  files.forEach(({ name }) => note(shell, `${options.out}/${name}`));
  for (const name of new Set(roles.flatMap(({ apply }) => apply?.name ?? []))) {
    note(shell, `In rollout.yaml, the deploymentRole of these accounts is ${name}.`);
  }
}

/** @throws UsageError when no role is named, ConfigError or UsageError for a wrong break-glass role. */
function roleSettings(shell: Shell, rollout: Rollout, options: PoliciesOptions): RoleSettings {
  const { mayDeploy, mayPlan = mayDeploy, mayRead, mayDrill, mayRelease, sourceIdentity, boundary } = options;
  checkOutside(rollout, mayRelease ?? []);
  const roles: RoleSettings["roles"] = {
    ...(mayPlan && { plan: { name: options.planRole, mayAssume: mayPlan } }),
    ...(mayDeploy && { apply: { mayAssume: mayDeploy } }),
    ...(mayRead && { read: { name: options.readRole, mayAssume: mayRead } }),
    ...(mayDrill && { drill: { name: options.drillRole, mayAssume: mayDrill } }),
    ...(mayRelease && {
      "break-glass": {
        name: breakGlassRole(shell, rollout, options.breakGlassRole, "--break-glass-role"),
        mayAssume: mayRelease,
      },
    }),
  };
  if (Object.keys(roles).length === 0) {
    throw new UsageError(
      "expected who may assume a role: --may-deploy, --may-plan, --may-read, --may-drill or --may-release",
    );
  }
  return { roles, sourceIdentity, boundary };
}

/** @throws UsageError for a principal in a target account, whose administrators could take it over. */
function checkOutside({ accounts }: Rollout, principals: readonly string[]): void {
  for (const principal of principals) {
    const account = accounts.find(({ id }) => id === parseArn(principal)?.accountId);
    if (account !== undefined) {
      throw new UsageError(
        `--may-release ${principal}: expected somebody outside of the target accounts: an administrator of ${account.name} could become it`,
      );
    }
  }
}

async function rolesOfSelected(
  shell: Shell,
  rollout: Rollout,
  options: PoliciesOptions,
  settings: RoleSettings,
): Promise<AccountRoles[]> {
  const wide = rolloutForRoles(rollout);
  const targets = await selectStacks(stackTargets(wide), options, shell);
  // CDKTF takes half a second to load.
  const { stackMaker } = await import("../../stacks/synthesis/synthesize.ts");
  const stackJson = stackMaker(wide, NO_PACKAGES);
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
