import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { parseReport, type Report, type StackReport } from "../../../cli/report/report";
import { addressOf, LabClient } from "../../../lab/client/lab-client";
import { startLab, type Lab } from "../../../lab/lab";
import { LAB_ORGANIZATION } from "../../../lab/organization/accounts";
import { labRolloutYaml, type LabRollout } from "../../../lab/organization/rollout-yaml";
import { setUpTerraform, type TerraformSetup } from "../../../lab/terraform";
import type { RolloutFile } from "../../../stacks/config/schema";
import { CliProcess, type CliEnd } from "../../support/cli/process";
import { ACCOUNTS, type TargetAccount } from "./accounts";

const LAB_FOLDER = path.join(__dirname, "../../../.lab");

type RetentionDays = NonNullable<RolloutFile["accounts"][number]["logRetentionDays"]>;

/** What the cases change in `rollout.yaml`. */
interface Configuration {
  readonly accounts: readonly TargetAccount[];
  readonly logRetentionDays: RetentionDays;
  readonly channels?: LabRollout["channels"];
}

/** An operator with a lab instead of AWS, and with the real command line in a folder of their own. */
export class Operator {
  /** Ends what a case has started by hand, after it has timed out. */
  readonly stopping = new AbortController();
  private running: { readonly lab: Lab; readonly client: LabClient } | undefined;
  private readonly processes: CliProcess[] = [];
  private configuration: Configuration = { accounts: ACCOUNTS, logRetentionDays: 90 };
  private readonly folder: string;

  /** @param name Name of the folder, which no other operator has. */
  constructor(name = "e2e-rollout") {
    this.folder = path.join(LAB_FOLDER, name);
  }

  async start(): Promise<void> {
    const members = ACCOUNTS.map(({ id, name }) => ({ id, name }));
    const lab = await startLab({ ...LAB_ORGANIZATION, memberAccounts: members });
    this.running = { lab, client: new LabClient(addressOf(lab)) };
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    this.configure({});
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    // After a case that failed, a command may be at work still.
    this.processes.forEach((cli) => cli.stop());
    await Promise.all(this.processes.map(({ ended }) => ended));
    await this.running?.lab.stop();
  }

  get lab(): Lab {
    return this.get().lab;
  }

  get client(): LabClient {
    return this.get().client;
  }

  /** Lambda, as the account's administrator. */
  lambda(accountId: string): LambdaClient {
    return new LambdaClient({
      ...{ endpoint: this.lab.endpoint, region: "us-east-1", credentials: this.lab.credentials(accountId) },
    });
  }

  /** Changes `rollout.yaml`. */
  configure(changes: Partial<Configuration>): void {
    this.configuration = { ...this.configuration, ...changes };
    const { accounts, logRetentionDays, channels } = this.configuration;
    const settings = ({ name, wave, mode }: TargetAccount) =>
      [name, { wave, logRetentionDays, attackSimulation: false, ...(mode && { mode }) }] as const;
    const rollout: LabRollout = {
      ...LAB_ORGANIZATION,
      memberAccounts: accounts.map(({ id, name }) => ({ id, name })),
      waves: ["canary", "production"],
      overrides: Object.fromEntries(accounts.map(settings)),
      channels,
    };
    writeFileSync(this.path("rollout.yaml"), labRolloutYaml(rollout));
  }

  /** Gives Terraform something to do in every target account. */
  changeRetention(logRetentionDays: RetentionDays): void {
    this.configure({ logRetentionDays });
  }

  /** Starts `quarantine ARGS`. */
  begin(...args: string[]): CliProcess {
    const cli = new CliProcess(args, { cwd: this.folder, env: this.environment });
    this.processes.push(cli);
    return cli;
  }

  /** Runs `quarantine ARGS` to its end. */
  run(...args: string[]): Promise<CliEnd> {
    return this.begin(...args).ended;
  }

  /** Environment of the command line, and of Terraform by hand. */
  get environment(): Record<string, string | undefined> {
    return {
      ...this.lab.environment(LAB_ORGANIZATION.managementAccount.id),
      ...this.terraform.environment,
      ...{ ROLLOUT_CONFIG: undefined, TERRAFORM_BINARY_NAME: undefined },
    };
  }

  /** Terraform as an operator runs it by hand. */
  get terraform(): TerraformSetup {
    return setUpTerraform({ environment: process.env, homeFolder: homedir() }, this.folder);
  }

  /** Absolute path of a file in the operator's folder. */
  path(...names: readonly string[]): string {
    return path.join(this.folder, ...names);
  }

  read(...names: readonly string[]): string {
    return readFileSync(this.path(...names), "utf8");
  }

  /** `rollout-report.json`. */
  report(): Report {
    return readReport(this.read("rollout-report.json"));
  }

  /** What the last rollout did in an account. */
  resultOf({ name }: { readonly name: string }): StackReport | undefined {
    return this.report().stacks.find((stack) => stack.name === name);
  }

  /** Locks that lie beside the states. */
  locks(): string[] {
    return readdirSync(this.path("state")).filter((name) => name.endsWith(".lock.info"));
  }

  private get() {
    if (this.running === undefined) {
      throw new Error("The lab is not started.");
    }
    return this.running;
  }
}

/** A report as the command line wrote it. */
export function readReport(text: string): Report {
  const report = parseReport(text);
  if (report === undefined) {
    throw new Error(`Expected a report, got: ${text}`);
  }
  return report;
}

/** How each account ended, by name. */
export function outcomes({ stacks }: Report): Record<string, string> {
  return Object.fromEntries(stacks.map(({ name, outcome }) => [name, outcome]));
}
