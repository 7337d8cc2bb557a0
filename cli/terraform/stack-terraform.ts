import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { ApplyRecords } from "../../stacks/state/apply-records";
import { ErroredStates } from "../../stacks/state/errored-states";
import { stackAccountOf } from "../../stacks/state/state-account";
import { effectsOf, unconfirmedMail } from "../effects/effects-of";
import { escapeControlCharactersInLines } from "../escape-control-characters";
import { managedInstances, parseState } from "../state-file";
import { readFault, TerraformError } from "./fault";
import { Initializer } from "./initializer";
import type { ChangeCounts, ResourceChange, TerraformMessage } from "./messages";
import { NOTHING_PLANNED, type StackPlan } from "./plan";
import { readPlannedChanges, type PlannedChanges } from "./planned-changes";
import { readPlannedResources } from "./planned-resources";
import { TerraformRunner, type RunnerOptions } from "./runner";
import { stackFolder, workFile, type TerraformSettings } from "./settings";

export interface PlanOptions {
  /** Plan the removal of everything in the stack. */
  readonly destroy?: boolean;
  /** Types of resources that such a plan leaves as they are, in AWS and in the state. @default - none */
  readonly keep?: readonly string[];
  /**
   * Plan a refresh only, which records in the state what AWS has. {@link StackTerraform.showJson} shows the
   * differences. Such a plan changes no resource.
   */
  readonly refreshOnly?: boolean;
  /** @default true */
  readonly lock?: boolean;
}

/** For a bucket without a state, Terraform (1.11) prints an empty state, which no apply has written. */
const NO_LINEAGE = /^ {2}"lineage": ""/m;

/** `terraform plan -detailed-exitcode`: 0 means nothing to do, 2 means changes. */
const CHANGES = 2;

/** The addresses that a removal with exceptions removes, and the number of resources that it keeps. */
interface Removal {
  readonly addresses: readonly string[];
  readonly kept: number;
}

/** The Terraform commands for one synthesized stack. Results and errors are Terraform's own. */
export class StackTerraform {
  private readonly runner = new TerraformRunner();
  private readonly initializer: Initializer;
  private readonly applies: ApplyRecords;
  private readonly errored: ErroredStates;

  constructor(private readonly settings: TerraformSettings) {
    this.initializer = new Initializer(settings, this.runner);
    this.applies = new ApplyRecords(settings.sharedFolder);
    this.errored = new ErroredStates(settings.sharedFolder);
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
    const plan = await this.inInitialized(stack, () => this.makePlan(stack, options));
    if (options.lock !== false) {
      this.applies.settle(plan.accountId);
    }
    return plan;
  }

  /** Runs work in a folder, and repeats it if the folder must be initialized first. */
  private async inInitialized<T>(stack: string, work: () => Promise<T>): Promise<T> {
    await this.initializer.initialize(stack);
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TerraformError && error.fault.kind === "needs-init")) {
        throw error;
      }
      // Someone has changed `.terraform` in the meantime.
      this.initializer.forget(stack);
      await this.initializer.initialize(stack);
      return work();
    }
  }

  /**
   * Applies a plan, and removes it.
   *
   * @param onDone Gets the address of each resource that was created, changed or removed.
   * @throws TerraformError
   */
  async apply(stack: string, plan: StackPlan, onDone?: (address: string) => void): Promise<void> {
    const folder = stackFolder(this.settings, stack);
    const { accountId } = plan;
    // The plan contains the backend for which it was made, and would change that account.
    if (stackAccountOf(folder) !== accountId) {
      throw new TerraformError({
        kind: "other",
        cause: `${folder} is another account's, or gone, since the plan was made for ${accountId}`,
        advice: "Run again to see the new plan.",
      });
    }
    // The plan may have waited for the lock of another Terraform, which then failed to save its state.
    this.checkStateSaved(stack);
    this.applies.begin(accountId, folder);
    let isStarted = false;
    try {
      await this.run(stack, "apply", ["apply", "-json", "-input=false", plan.file], {
        onMessage: (message) => {
          if (message.type === "apply_complete") {
            onDone?.(message.address);
          }
        },
        onStarted: ({ pid, ended }) => {
          isStarted = true;
          this.applies.started(accountId, folder, pid);
          // Not if `run` fails: Terraform continues without it.
          void ended.then(() => this.applies.end(accountId, folder));
        },
      });
    } finally {
      if (!isStarted) {
        this.applies.end(accountId, folder);
      }
    }
    this.discard(plan);
  }

  /** The plan as Terraform shows it to people. */
  async show(stack: string, plan: StackPlan): Promise<string> {
    await this.run(stack, "show", ["show", "-no-color", plan.file]);
    return escapeControlCharactersInLines(readFileSync(workFile(this.settings, stack, "show.log"), "utf8"));
  }

  /**
   * The plan as JSON: https://developer.hashicorp.com/terraform/internals/json-format. It contains values of
   * the state, and is not stored.
   *
   * @throws TerraformError
   */
  async showJson(stack: string, plan: Pick<StackPlan, "file">): Promise<string> {
    await this.run(stack, "show", ["show", "-json", plan.file]);
    const file = workFile(this.settings, stack, "show.log");
    const output = readFileSync(file, "utf8");
    rmSync(file);
    return output;
  }

  /**
   * The state in the backend, as Terraform prints it; empty when there is none.
   *
   * @throws TerraformError
   */
  async pullState(stack: string): Promise<string> {
    await this.inInitialized(stack, () => this.run(stack, "state-pull", ["state", "pull"]));
    const file = workFile(this.settings, stack, "state-pull.log");
    const output = readFileSync(file, "utf8");
    // The state is only stored where the command writes it.
    rmSync(file);
    // Terraform prints warnings before it.
    const state = /^\{[^]*^\}/m.exec(output)?.[0] ?? "";
    return NO_LINEAGE.test(state) ? "" : state;
  }

  /**
   * Writes a state to the backend.
   *
   * @param file Absolute path of the state.
   * @param lockTimeoutMs How long to wait for a state lock that someone else holds, in milliseconds.
   * @throws TerraformError also when there is a state with resources and of another lineage, or of a serial
   * that is not below.
   */
  async pushState(stack: string, file: string, lockTimeoutMs: number): Promise<void> {
    const args = ["state", "push", `-lock-timeout=${Math.ceil(lockTimeoutMs / 1_000)}s`, file];
    await this.inInitialized(stack, () => this.run(stack, "state-push", args));
  }

  /**
   * Records that an unsaved state of the account was handled. One that its last apply left elsewhere stays
   * recorded.
   */
  settleApply(accountId: string): void {
    this.applies.settle(accountId);
  }

  /** Removes a plan that will not be applied. */
  discard(plan: StackPlan): void {
    rmSync(plan.file, { force: true });
  }

  /** Asks every running Terraform process to stop gracefully. */
  interrupt(): void {
    this.runner.interrupt();
  }

  /**
   * Absolute path of a state of the stack's account that an earlier apply could not save, here or in another
   * folder of this checkout; undefined when there is none.
   */
  erroredState(stack: string): string | undefined {
    return this.errored.find(this.accountOf(stack), stackFolder(this.settings, stack));
  }

  /** Another apply would create everything twice, and overwrite the state that was not saved. */
  private checkStateSaved(stack: string): void {
    const file = this.erroredState(stack);
    if (file !== undefined) {
      const cause = `Failed to save state: an earlier apply left ${file}`;
      throw new TerraformError(readFault([], [cause], stackFolder(this.settings, stack)));
    }
  }

  /** @throws Error for a folder that no synthesis of this project has written. */
  private accountOf(stack: string): string {
    const folder = stackFolder(this.settings, stack);
    const account = stackAccountOf(folder);
    if (account === undefined) {
      throw new Error(`${folder}/cdk.tf.json: expected a state named after the account's id`);
    }
    return account;
  }

  private async makePlan(
    stack: string,
    { destroy = false, keep = [], refreshOnly = false, lock = true }: PlanOptions,
  ): Promise<StackPlan> {
    const file = workFile(this.settings, stack, "plan.tfplan");
    rmSync(file, { force: true });
    const accountId = this.accountOf(stack);
    const removal = destroy && keep.length > 0 ? await this.removalBut(stack, keep) : undefined;
    const planned = { accountId, file, destroys: destroy, ...(removal && { kept: removal.kept }) };
    if (removal?.addresses.length === 0) {
      // Without a target, Terraform would plan to destroy what is kept.
      return { ...planned, hasChanges: false, ...NOTHING_PLANNED };
    }
    const changes: ResourceChange[] = [];
    let counts: ChangeCounts | undefined;
    const args = [
      "plan",
      "-json",
      "-input=false",
      "-detailed-exitcode",
      `-out=${file}`,
      ...(destroy ? ["-destroy"] : []),
      ...(removal?.addresses ?? []).map((address) => `-target=${address}`),
      ...(refreshOnly ? ["-refresh-only"] : []),
      ...(lock ? [] : ["-lock=false"]),
    ];
    let keepsPlan = false;
    try {
      const onMessage = (message: TerraformMessage) => {
        if (message.type === "planned_change") {
          changes.push(message.change);
        }
        if (message.type === "change_summary") {
          counts = message.changes;
        }
      };
      const code = await this.run(stack, "plan", args, { accept: [0, CHANGES], onMessage });
      const hasChanges = code === CHANGES;
      // A removal has only one effect, and a refresh changes no resource.
      const isExplained = hasChanges && !(destroy || refreshOnly);
      const known =
        counts === undefined
          ? // A remote run in HCP Terraform prints no JSON: its changes are read from the plan.
            await (hasChanges ? this.readPlan(stack, file) : NOTHING_PLANNED)
          : {
              ...NOTHING_PLANNED,
              ...(isExplained && (await this.explain(stack, file, changes))),
              changes,
              counts,
            };
      keepsPlan = hasChanges;
      return { ...planned, hasChanges, ...known };
    } finally {
      // Terraform also saves a plan that failed half-way.
      if (!keepsPlan) {
        rmSync(file, { force: true });
      }
    }
  }

  /** The effects of a plan. */
  private async explain(
    stack: string,
    file: string,
    changes: readonly ResourceChange[],
  ): Promise<Pick<PlannedChanges, "effects" | "unconfirmed">> {
    const stackFile = path.join(stackFolder(this.settings, stack), "cdk.tf.json");
    const resources = readPlannedResources(file, stackFile, changes);
    return resources === undefined
      ? this.readPlan(stack, file)
      : { effects: effectsOf(resources), unconfirmed: unconfirmedMail(resources) };
  }

  /**
   * The resources of a state other than those of some types. A removal names all of them as its targets:
   * Terraform then also removes what depends on that, and leaves what it depends on. Source: Terraform CLI,
   * "Resource targeting".
   *
   * @throws TerraformError
   */
  private async removalBut(stack: string, types: readonly string[]): Promise<Removal> {
    const text = await this.pullState(stack);
    const state = parseState(text);
    if (state === undefined && text !== "") {
      throw new TerraformError({ kind: "other", cause: "The state is of a form that is not known" });
    }
    const instances = state === undefined ? [] : managedInstances(state);
    const addresses = instances.filter(({ type }) => !types.includes(type)).map(({ address }) => address);
    return { addresses: [...new Set(addresses)], kept: instances.length - addresses.length };
  }

  private async readPlan(stack: string, file: string): Promise<PlannedChanges> {
    const planned = readPlannedChanges(await this.showJson(stack, { file }));
    if (planned === undefined) {
      throw new TerraformError({ kind: "other", cause: "Terraform planned changes but did not list them" });
    }
    return planned;
  }

  private run(
    stack: string,
    step: string,
    args: readonly string[],
    options: RunnerOptions = {},
  ): Promise<number> {
    const { program, env } = this.settings;
    const command = {
      program,
      args,
      cwd: stackFolder(this.settings, stack),
      env,
      outputFile: workFile(this.settings, stack, `${step}.log`),
    };
    return this.runner.run(command, options);
  }
}
