import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { runProgram } from "./run-program";
import { setUpTerraform, type TerraformSetup } from "./terraform";

/** The project's folder: `cdktf.json` lies there. */
const PROJECT = path.join(__dirname, "..");

const COMMAND_LINE = path.join(PROJECT, "cli", "quarantine.mjs");

/** Exit code of `terraform plan -detailed-exitcode` that means: there are changes. */
const CHANGES = 2;

export interface DeploymentOptions {
  /** Folder for the configuration, the synthesized stacks and the state; emptied first. */
  readonly folder: string;
  /** Text of the `rollout.yaml` to deploy. */
  readonly rolloutYaml: string;
  /** Environment that leads Terraform to the lab. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/**
 * One rollout in the lab: what an operator does with `cdktf deploy`, with its files in a folder of its own.
 * The people who are subscribed confirm it.
 */
export class LabDeployment {
  /** Environment of `cdktf` and `terraform`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  private readonly terraform: TerraformSetup;

  /** @throws MissingToolError when Terraform is missing. */
  constructor(private readonly options: DeploymentOptions) {
    const { folder, rolloutYaml } = options;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    this.configure(rolloutYaml);
    this.writeCommands();
    this.terraform = setUpTerraform({ environment: process.env, homeFolder: homedir() }, folder);
    this.environment = {
      ...options.environment,
      ...this.terraform.environment,
      TERRAFORM_BINARY_NAME: this.terraform.program,
      ROLLOUT_CONFIG: this.configuration,
    };
  }

  /** Folder that holds it all. */
  get folder(): string {
    return this.options.folder;
  }

  /** Absolute path of `terraform` or `tofu`. */
  get terraformProgram(): string {
    return this.terraform.program;
  }

  /** Folder of the synthesized stacks. */
  get output(): string {
    return path.join(this.options.folder, "cdktf.out");
  }

  /** Writes another `rollout.yaml`, for what is done from now on. */
  configure(rolloutYaml: string): void {
    writeFileSync(this.configuration, rolloutYaml);
  }

  /** `cdktf synth`. */
  async synthesize(): Promise<void> {
    await this.cdktf(["synth"], () => undefined);
  }

  /**
   * `cdktf deploy '*'`, or of the stacks that are named.
   *
   * @param onLine Gets every line that cdktf prints.
   * @throws ProgramError when a stack cannot be deployed.
   */
  async deploy(onLine: (line: string) => void, stacks: readonly string[] = ["*"]): Promise<void> {
    // The provider's checksums for other platforms come from the registry, which the lab does not need.
    await this.cdktf(["deploy", ...stacks, "--auto-approve", "--skip-provider-lock"], onLine);
    await this.confirmSubscriptions();
  }

  /**
   * Deploys all stacks side by side, each by a Terraform of its own, for what does not depend on the order
   * of a rollout. No stack reads another one's attributes, and the provider mostly waits.
   *
   * @throws ProgramError when a stack cannot be deployed.
   */
  async deployAtOnce(): Promise<void> {
    await this.synthesize();
    const stacks = path.join(this.output, "stacks");
    await Promise.all(readdirSync(stacks).map((stack) => this.apply(path.join(stacks, stack))));
    await this.confirmSubscriptions();
  }

  /** As the owners of the mailboxes do, each with the link in the mail of SNS. */
  private async confirmSubscriptions(): Promise<void> {
    await fetch(`${this.environment["AWS_ENDPOINT_URL"]}/_lab/confirmations`, { method: "POST" });
  }

  private async apply(cwd: string): Promise<void> {
    const { environment } = this;
    const { signal } = this.options;
    for (const args of [["init"], ["apply", "-auto-approve"]]) {
      const all = [...args, "-input=false", "-no-color"];
      await runProgram(this.terraform.program, all, { cwd, environment, signal });
    }
  }

  /**
   * `terraform plan` of one stack that was deployed.
   *
   * @returns Whether there is something to change.
   */
  async hasChanges(stack: string): Promise<boolean> {
    const code = await runProgram(
      this.terraform.program,
      ["plan", "-detailed-exitcode", "-input=false", "-lock=false", "-no-color"],
      {
        cwd: path.join(this.output, "stacks", stack),
        environment: this.environment,
        accept: [CHANGES],
        signal: this.options.signal,
      },
    );
    return code === CHANGES;
  }

  /**
   * `quarantine ARGS`: the command line, as an operator runs it.
   *
   * @returns What it printed, line by line.
   * @throws ProgramError when it fails.
   */
  async quarantine(...args: readonly string[]): Promise<readonly string[]> {
    const lines: string[] = [];
    await runProgram(process.execPath, [COMMAND_LINE, ...args], {
      cwd: this.options.folder,
      environment: { ...this.environment, FORCE_COLOR: undefined, NO_COLOR: "1" },
      onLine: (line) => lines.push(line),
      signal: this.options.signal,
    });
    return lines;
  }

  /** So that `npm run quarantine` works in the folder as in the project, with its own stacks and states. */
  private writeCommands(): void {
    const { folder } = this.options;
    const scripts = { quarantine: `node ${JSON.stringify(path.relative(folder, COMMAND_LINE))}` };
    writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true, scripts }));
  }

  private get configuration(): string {
    return path.join(this.options.folder, "rollout.yaml");
  }

  private async cdktf(args: readonly string[], onLine: (line: string) => void): Promise<void> {
    const program = require.resolve("cdktf-cli/bundle/bin/cdktf");
    await runProgram(process.execPath, [program, ...args, "--output", this.output], {
      cwd: PROJECT,
      environment: { ...this.environment, FORCE_COLOR: "0", CI: "1" },
      onLine,
      signal: this.options.signal,
    });
  }
}
