import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { escapeControlCharactersInLines } from "../escape-control-characters";
import { readFault, TerraformError } from "./fault";
import { Initializer } from "./initializer";
import type { ChangeCounts, ResourceChange, TerraformMessage } from "./messages";
import { NO_CHANGES, type StackPlan } from "./plan";
import { readPlannedChanges, type PlannedChanges } from "./planned-changes";
import { TerraformRunner } from "./runner";
import { stackFolder, workFile, type TerraformSettings } from "./settings";

export interface PlanOptions {
  /** Plan the removal of everything in the stack. */
  readonly destroy?: boolean;
  /** @default true */
  readonly lock?: boolean;
}

/** `terraform plan -detailed-exitcode`: 0 means nothing to do, 2 means changes. */
const CHANGES = 2;

/** The Terraform commands for one synthesized stack. Results and errors are Terraform's own. */
export class StackTerraform {
  private readonly runner = new TerraformRunner();
  private readonly initializer: Initializer;

  constructor(private readonly settings: TerraformSettings) {
    this.initializer = new Initializer(settings, this.runner);
  }

  isInitialized(stack: string): boolean {
    return this.initializer.isInitialized(stack);
  }

  /** @throws TerraformError */
  async initialize(stack: string): Promise<void> {
    await this.initializer.initialize(stack);
  }

  /**
   * Makes and saves a plan.
   *
   * @throws TerraformError
   */
  async plan(stack: string, options: PlanOptions = {}): Promise<StackPlan> {
    this.checkStateSaved(stack);
    try {
      return await this.makePlan(stack, options);
    } catch (error) {
      if (!(error instanceof TerraformError && error.fault.kind === "needs-init")) {
        throw error;
      }
      // Someone has changed `.terraform` since.
      this.initializer.forget(stack);
      await this.initializer.initialize(stack);
      return this.makePlan(stack, options);
    }
  }

  /**
   * Applies a plan, and removes it.
   *
   * @param onDone Gets the address of each resource that was created, changed or removed.
   * @throws TerraformError
   */
  async apply(stack: string, plan: StackPlan, onDone?: (address: string) => void): Promise<void> {
    await this.run(stack, "apply", ["apply", "-json", "-input=false", plan.file], [0], (message) => {
      if (message.type === "apply_complete") {
        onDone?.(message.address);
      }
    });
    this.discard(plan);
  }

  /** The plan as Terraform shows it to people. */
  async show(stack: string, plan: StackPlan): Promise<string> {
    await this.run(stack, "show", ["show", "-no-color", plan.file], [0], () => undefined);
    return escapeControlCharactersInLines(readFileSync(workFile(this.settings, stack, "show.log"), "utf8"));
  }

  /** Removes a plan that will not be applied. */
  discard(plan: StackPlan): void {
    rmSync(plan.file, { force: true });
  }

  /** Asks every running Terraform process to stop gracefully. */
  interrupt(): void {
    this.runner.interrupt();
  }

  /** A state that could not be saved is in the stack's folder, and the next apply would overwrite it. */
  private checkStateSaved(stack: string): void {
    const folder = stackFolder(this.settings, stack);
    if (existsSync(path.join(folder, "errored.tfstate"))) {
      const cause = "Failed to save state: an earlier apply left errored.tfstate";
      throw new TerraformError(readFault([], [cause], folder));
    }
  }

  private async makePlan(stack: string, { destroy = false, lock = true }: PlanOptions): Promise<StackPlan> {
    const file = workFile(this.settings, stack, "plan.tfplan");
    rmSync(file, { force: true });
    const changes: ResourceChange[] = [];
    let counts: ChangeCounts | undefined;
    const args = [
      "plan",
      "-json",
      "-input=false",
      "-detailed-exitcode",
      `-out=${file}`,
      ...(destroy ? ["-destroy"] : []),
      ...(lock ? [] : ["-lock=false"]),
    ];
    let keepsPlan = false;
    try {
      const code = await this.run(stack, "plan", args, [0, CHANGES], (message) => {
        if (message.type === "planned_change") {
          changes.push(message.change);
        }
        if (message.type === "change_summary") {
          counts = message.changes;
        }
      });
      const hasChanges = code === CHANGES;
      // A remote run in HCP Terraform prints no JSON: its changes are read from the plan.
      const known =
        !hasChanges || counts !== undefined
          ? { changes, counts: counts ?? NO_CHANGES }
          : await this.readPlan(stack, file);
      keepsPlan = hasChanges;
      return { file, destroys: destroy, hasChanges, ...known };
    } finally {
      // Terraform also saves a plan that failed half-way.
      if (!keepsPlan) {
        rmSync(file, { force: true });
      }
    }
  }

  private async readPlan(stack: string, file: string): Promise<PlannedChanges> {
    await this.run(stack, "show", ["show", "-json", file], [0], () => undefined);
    const planned = readPlannedChanges(readFileSync(workFile(this.settings, stack, "show.log"), "utf8"));
    if (planned === undefined) {
      throw new TerraformError({ kind: "other", cause: "Terraform planned changes but did not list them" });
    }
    return planned;
  }

  private run(
    stack: string,
    step: string,
    args: readonly string[],
    accept: readonly number[],
    onMessage: (message: TerraformMessage) => void,
  ): Promise<number> {
    const { program, env } = this.settings;
    const command = {
      program,
      args,
      cwd: stackFolder(this.settings, stack),
      env,
      outputFile: workFile(this.settings, stack, `${step}.log`),
    };
    return this.runner.run(command, { accept, onMessage });
  }
}
