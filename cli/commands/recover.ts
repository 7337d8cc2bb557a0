import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import type { Rollout } from "../../stacks/config/rollout";
import { CommandError, UsageError } from "../errors";
import { compareStates, onlyIn } from "../recover/compare-states";
import { describeStates, type CurrentState } from "../recover/describe-states";
import { readState, type State } from "../recover/state";
import { ask, checkCanAsk } from "../run/approval";
import { withFolderLock } from "../run/folder-lock";
import { interruptible } from "../run/interrupts";
import { addRunOptions, type RunOptions } from "../run/options";
import { selectTargets } from "../selection/select-targets";
import { note, type Shell } from "../shell";
import { stackTargets, type StackTarget } from "../stack-target";
import { synthesizeStacks } from "../synthesis";
import { TerraformError } from "../terraform/fault";
import { openTerraform } from "../terraform/open-terraform";
import { StackTerraform } from "../terraform/stack-terraform";
import { planSelected } from "./plan";

interface RecoverOptions extends RunOptions {
  readonly yes?: true;
}

const HELP = `
When Terraform cannot save the state after an apply (a full disk, expired credentials), it leaves errored.tfstate: all
that is known of what it did. Fix the cause, then run this command. It compares the file with the current state, shows
both, asks, saves the file where the state belongs, and plans the account. It refuses a state of another lineage, and one
that is older than the current state. Both states as they were are kept in .rollout/recovered.

Exit codes are those of plan. Without such a file, it only plans.

Examples:
  npm run quarantine -- recover payments
  npm run quarantine -- recover payments --yes     refuses when the current state has resources that the file lacks`;

/** `recover`: saves a state that an apply could not save. */
export function registerRecover(program: Command, shell: Shell): void {
  const command = program
    .command("recover")
    .description("save the state that a failed apply left in errored.tfstate, and plan the account")
    .argument("<account>", "name or id of an account in rollout.yaml");
  addRunOptions(command)
    .option("-y, --yes", "save without asking")
    .addHelpText("after", HELP)
    .action((account: string, options: RecoverOptions) => recover(shell, account, options));
}

async function recover(shell: Shell, account: string, options: RecoverOptions): Promise<void> {
  if (options.yes !== true) {
    checkCanAsk(shell, "recover");
  }
  return withFolderLock(shell, "recover", async () => {
    const { rollout, outdir } = await synthesizeStacks(shell, options.output);
    const target = targetOf(stackTargets(rollout), account);
    await interruptible(process, async (signal) => {
      const settings = await openTerraform(shell, outdir, "recover", signal);
      const terraform = new StackTerraform(settings);
      const { sharedFolder } = settings;
      await saveState({ shell, options, rollout, target, terraform, sharedFolder }, signal);
    });
    await planSelected(shell, { ...options, lock: true, account: [target.name] });
  });
}

function targetOf(all: readonly StackTarget[], account: string): StackTarget {
  const [target, ...others] = selectTargets(all, { account: [account] });
  if (target === undefined || others.length > 0) {
    throw new UsageError(`${account}: expected the name or id of one account`);
  }
  return target;
}

interface RecoveryContext {
  readonly shell: Shell;
  readonly options: RecoverOptions;
  readonly rollout: Rollout;
  readonly target: StackTarget;
  readonly terraform: StackTerraform;
  readonly sharedFolder: string;
}

/** Saves the state of the account that was not saved, if there is one. */
async function saveState(context: RecoveryContext, signal: AbortSignal): Promise<void> {
  const { shell, target, terraform } = context;
  const { name, accountId } = target;
  const file = terraform.erroredState(name);
  if (file === undefined) {
    note(shell, `${name} (${accountId}): nothing to save, there is no errored.tfstate in this checkout.`);
    return;
  }
  const errored = readErrored(file);
  const current = await readCurrent(context);
  signal.throwIfAborted();
  note(shell, `${name} (${accountId}): an apply could not save its state, which is in ${file}\n`);
  note(shell, `${describeStates(errored, current)}\n`);

  const recovery = compareStates(errored, current.state);
  if (recovery.kind === "refuse") {
    throw new CommandError(`Nothing was changed. ${recovery.reason} ${BY_HAND}`);
  }
  if (recovery.kind === "save") {
    await approve(context, onlyIn(current.state, errored), signal);
    const kept = keepBoth(context, errored, current);
    await save(context, file, recovery.force);
    note(shell, `Saved. Both states as they were are in ${kept}.`);
  } else {
    note(shell, "The current state is the same: it has been saved since.");
  }
  rmSync(file);
}

const BY_HAND = 'docs/rollout.md ("When the state could not be saved") says how to compare the two by hand.';

function readErrored(file: string): State {
  const state = readState(readFileSync(file, "utf8"));
  if (state === undefined) {
    throw new CommandError(
      `${file}: expected a Terraform state of version 4; it may have been cut off when the disk was full. Nothing was ` +
        "changed. While it is there, no rollout touches the account: remove it once you have seen what is in it.",
    );
  }
  return state;
}

async function readCurrent({ rollout, target, terraform }: RecoveryContext): Promise<CurrentState> {
  const { backend } = rollout;
  if (backend.type === "local") {
    const file = path.join(backend.directory, `${target.accountId}.tfstate`);
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    // Terraform empties a local state, then writes it. It can neither read nor lock one that was cut off.
    if (text.trim() !== "" && readState(text) === undefined) {
      return { text, unreadable: file };
    }
  }
  const text = await terraformStep(async () => {
    await terraform.initialize(target.name);
    return terraform.pullState(target.name);
  });
  return { text, state: readState(text) };
}

/** @throws When the operator does not approve, or `--yes` would lose what the current state knows. */
async function approve(
  { shell, options, target }: RecoveryContext,
  forgotten: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (options.yes !== true) {
    const question = `Save the state of ${target.name} that was not saved?`;
    if (!(await ask(shell, question, target.name, signal))) {
      signal.throwIfAborted();
      throw new CommandError("Not saved: nothing was changed.");
    }
  } else if (forgotten.length > 0) {
    throw new CommandError(
      `Nothing was changed: the current state has resources that the other one lacks (${forgotten.join(", ")}). An apply ` +
        "that destroys them leaves that, and so does someone who applied since: decide, and run it without --yes.",
    );
  }
}

/** Keeps both states as they were; returns their folder. */
function keepBoth({ target, sharedFolder }: RecoveryContext, errored: State, current: CurrentState): string {
  const time = new Date().toISOString().replace(/:/g, "-");
  const folder = path.join(sharedFolder, "recovered", `${target.accountId}-${time}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(folder, "not-saved.tfstate"), errored.text, { mode: 0o600 });
  writeFileSync(path.join(folder, "current.tfstate"), current.text, { mode: 0o600 });
  if (current.unreadable !== undefined) {
    rmSync(current.unreadable);
  }
  return folder;
}

function save({ options, target, terraform }: RecoveryContext, file: string, force: boolean): Promise<void> {
  return terraformStep(async () => {
    await terraform.initialize(target.name);
    await terraform.pushState(target.name, file, { force, lockTimeoutMs: options.lockTimeout });
  });
}

/** Terraform's failures with their advice, as the table of a rollout shows them. */
async function terraformStep<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TerraformError) {
      const { cause, advice } = error.fault;
      throw new CommandError(advice === undefined ? cause : `${cause}\n  ${advice}`, { cause: error });
    }
    throw error;
  }
}
