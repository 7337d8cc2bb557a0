import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import type { Rollout } from "../../stacks/config/rollout";
import { CommandError, UsageError } from "../errors";
import { compareStates, onlyIn } from "../recover/compare-states";
import { describeStates, type CurrentState } from "../recover/describe-states";
import { readState, withSerial, type State } from "../recover/state";
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
When Terraform cannot save the state after an apply (a full disk, expired credentials), it leaves errored.tfstate, the
only record of what it did. Fix the cause, then run this command. It compares the file with the current state, shows
both, asks, saves the file to the backend, and plans the account. It refuses a state of another lineage, one with
resources of another account, and one that is older than the current state; with s3 and cloud, it also refuses an equal
serial. Copies of both states are kept in .rollout/recovered.

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
      signal.addEventListener("abort", () => terraform.interrupt(), { once: true });
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

/** What is needed to save the state of an account. */
export interface RecoveryContext {
  readonly shell: Shell;
  readonly options: Pick<RecoverOptions, "yes" | "lockTimeout">;
  readonly rollout: Rollout;
  readonly target: StackTarget;
  readonly terraform: StackTerraform;
  readonly sharedFolder: string;
}

/** Saves the unsaved state of the account, if there is one. */
export async function saveState(context: RecoveryContext, signal: AbortSignal): Promise<void> {
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

  const place = { accountId, backend: context.rollout.backend.type };
  const recovery = compareStates(errored, current.state, place);
  if (recovery.kind === "refuse") {
    throw new CommandError(`Nothing was changed. ${recovery.reason} ${BY_HAND}`);
  }
  if (recovery.kind === "save") {
    await approve(context, onlyIn(current.state, errored), signal);
    signal.throwIfAborted();
    const kept = await save(context, withSerial(errored, recovery.serial), { errored, current });
    note(shell, `Saved. Both states as they were are in ${kept}.`);
  } else {
    note(shell, "The current state is the same: it has been saved since.");
  }
  forget(context, file, errored);
  signal.throwIfAborted();
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
    // Terraform truncates a local state before it writes it, and can neither read nor lock a truncated one.
    if (text.trim() !== "" && readState(text) === undefined) {
      return { text, unreadable: file };
    }
  }
  const text = await terraformStep(() => terraform.pullState(target.name));
  const state = readState(text);
  if (state === undefined && text !== "") {
    throw new CommandError("Nothing was changed: the current state is not a Terraform state of version 4.");
  }
  return { text, state };
}

/** @throws When the operator does not approve, or when `--yes` would lose resources of the current state. */
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

interface BothStates {
  readonly errored: State;
  readonly current: CurrentState;
}

/**
 * Saves a state. Terraform refuses the state, under its lock, if another apply has changed the current one
 * since the comparison. The exception is an empty state, over which Terraform accepts any.
 *
 * @returns The folder with copies of both states.
 */
async function save(
  context: RecoveryContext,
  text: string,
  { errored, current }: BothStates,
): Promise<string> {
  const { options, target, terraform, sharedFolder } = context;
  const time = new Date().toISOString().replace(/:/g, "-");
  const folder = path.join(sharedFolder, "recovered", `${target.accountId}-${time}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const write = (name: string, content: string) => {
    const file = path.join(folder, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  };
  write("not-saved.tfstate", errored.text);
  write("current.tfstate", current.text);
  const saved = write("saved.tfstate", text);
  const push = () => terraformStep(() => terraform.pushState(target.name, saved, options.lockTimeout));
  await (current.unreadable === undefined ? push() : inPlaceOf(current.unreadable, current.text, push));
  return folder;
}

/**
 * Moves an unreadable local state away and saves the other one. If that fails, the old one is moved back:
 * without a state file, the next apply would begin with an empty state.
 */
async function inPlaceOf(file: string, shown: string, push: () => Promise<void>): Promise<void> {
  // In the same folder: the folder for the copies may be on another disk.
  const aside = `${file}.aside-${process.pid}`;
  renameSync(file, aside);
  try {
    if (readFileSync(aside, "utf8") !== shown) {
      throw new CommandError(`${file} has changed meanwhile. Nothing was saved: run the command again.`);
    }
    await push();
  } catch (error) {
    if (!existsSync(file)) {
      renameSync(aside, file);
    }
    throw error;
  }
  rmSync(aside);
}

/** Removes the file of the state that has been saved. */
function forget({ terraform, target }: RecoveryContext, file: string, errored: State): void {
  if (readFileSync(file, "utf8") !== errored.text) {
    throw new CommandError(`${file} has changed meanwhile, and was left: run the command again.`);
  }
  rmSync(file);
  terraform.settleApply(target.accountId);
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
