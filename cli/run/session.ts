import { messageOf } from "../../functions/shared/message-of";
import { guardAccount } from "../../stacks/config/guard-targets";
import { makeReport, type Report, type RunFacts } from "../report/report";
import { ReportFile } from "../report/report-file";
import { guardLookup } from "../rollout/guard/aws-lookup";
import { checkGuard } from "../rollout/guard/check-guard";
import { Progress } from "../rollout/progress";
import { SYSTEM_CLOCK, type RolloutDependencies } from "../rollout/stack-rollout";
import { Stop } from "../rollout/stop";
import { awsLookup } from "../rollout/taken-names/aws-lookup";
import { checkNames } from "../rollout/taken-names/check-names";
import { Semaphore } from "../semaphore";
import { note, type Shell, colorsFor, type Colors } from "../shell";
import type { StackTarget } from "../stack-target";
import { stackSha256, type Synthesis } from "../synthesis";
import { openTerraform } from "../terraform/open-terraform";
import { stackFolder, type TerraformSettings } from "../terraform/settings";
import { StackTerraform, type PlanOptions } from "../terraform/stack-terraform";
import { LineView } from "../view/line-view";
import { LiveView } from "../view/live-view";
import type { RolloutView } from "../view/view";
import { interruptible, listenForInterrupts } from "./interrupts";
import type { RunOptions } from "./options";

export interface SessionSettings {
  readonly command: "rollout" | "plan" | "retire" | "review";
  readonly options: RunOptions;
  readonly targets: readonly StackTarget[];
  readonly synthesis: Synthesis;
  /** Stacks that an earlier run has finished, and that this one skips. */
  readonly resumed?: readonly string[];
  /** Absolute path of the report that is updated during the run. @default - none is written */
  readonly reportFile?: string;
  /** How stacks are planned. @default - as the configuration says, with the state lock */
  readonly planning?: PlanOptions;
}

/** What a command uses during its run. */
export interface Session {
  readonly dependencies: RolloutDependencies;
  readonly terraform: StackTerraform;
  readonly view: RolloutView;
  readonly colors: Colors;
}

/**
 * Runs Terraform in many stacks: shows progress, updates the report, and stops the work cleanly when it is
 * interrupted.
 *
 * @returns The final report.
 */
export async function runSession(
  shell: Shell,
  settings: SessionSettings,
  work: (session: Session) => Promise<void>,
): Promise<Report> {
  const { command, options, targets, synthesis } = settings;
  const clock = SYSTEM_CLOCK;
  const startedAt = clock.now();
  const progress = new Progress(targets, () => clock.now());
  const stop = new Stop();
  const colors = colorsFor(shell.stderr, shell);
  const terraformSettings = await interruptible(process, (signal) =>
    openTerraform(shell, synthesis.outdir, command, signal),
  );
  const terraform = new StackTerraform(terraformSettings);
  const facts = runFacts(settings, startedAt, terraformSettings.version);
  const report = (status: Report["status"]) => makeReport(facts, progress.all, status);
  const file =
    settings.reportFile === undefined ? undefined : ReportFile.open(settings.reportFile, report, progress);
  const view = await openView(shell, progress, colors);
  const interrupts = watchInterrupts({ stop, terraform, view });
  const dependencies: RolloutDependencies = {
    terraform,
    semaphore: new Semaphore(options.concurrency),
    retry: { lockTimeoutMs: options.lockTimeout, retryForMs: options.retryFor, random: Math.random },
    clock,
    progress,
    stop,
    planning: settings.planning ?? {},
    checkPlan: planCheck(settings, terraformSettings, view),
  };
  let final: Report;
  try {
    await work({ dependencies, terraform, view, colors });
  } finally {
    interrupts.end();
    view.close();
    final = save(shell, file, report(statusOf(progress, interrupts.happened)));
  }
  return final;
}

/**
 * Remote runs of HCP Terraform have their own credentials, so nothing is looked up with that backend. A plan
 * that only refreshes is never applied.
 */
function planCheck(
  { synthesis: { rollout }, planning }: SessionSettings,
  settings: TerraformSettings,
  view: RolloutView,
): RolloutDependencies["checkPlan"] {
  if (rollout.backend.type === "cloud" || planning?.refreshOnly === true) {
    return () => Promise.resolve();
  }
  return async (target, plan) => {
    await checkNames(rollout, target, stackFolder(settings, target.name), plan, awsLookup);
    const management = guardAccount(rollout);
    if (target.guard === true && management !== undefined && !plan.destroys) {
      const lines = await checkGuard(rollout, await guardLookup(rollout, management));
      lines.forEach((line) => view.say(line));
    }
  };
}

/** Writes the final report. If that fails, the command still prints the report, as failed. */
function save(shell: Shell, file: ReportFile | undefined, last: Report): Report {
  try {
    file?.finish(last);
    return last;
  } catch (error) {
    note(shell, `The report could not be written: ${messageOf(error)}`);
    return last.status === "done" ? { ...last, status: "failed" } : last;
  }
}

function runFacts(
  { command, resumed = [], targets, synthesis }: SessionSettings,
  startedAt: number,
  terraformVersion: string,
): RunFacts {
  // Computed now, since someone may synthesize again during the run.
  const hashes = new Map(
    [...resumed, ...targets.map(({ name }) => name)].map((name) => [name, stackSha256(synthesis, name)]),
  );
  const modes = new Map(synthesis.rollout.accounts.map(({ id, mode }) => [id, mode]));
  return {
    ...{ command, startedAt, terraformVersion, resumed },
    sha256Of: (name) => hashes.get(name) ?? "",
    modeOf: (accountId) => modes.get(accountId),
  };
}

/** Handles signals, and prints what they do. */
function watchInterrupts({ stop, terraform, view }: Pick<Session, "terraform" | "view"> & { stop: Stop }) {
  const interrupts = { happened: false, end: () => undefined as void };
  const request = (signal: string) => {
    interrupts.happened = true;
    stop.request(`stopped by ${signal}`);
  };
  interrupts.end = listenForInterrupts(process, {
    stopStarting: (signal) => {
      request(signal);
      view.say(
        "Stopping: no further account is started, running ones finish. Press Ctrl-C again to ask Terraform to stop early.",
      );
    },
    stopGracefully: (signal) => {
      request(signal);
      terraform.interrupt();
      view.say("Asked Terraform to stop: each process finishes its current resource and saves its state.");
    },
  });
  return interrupts;
}

function statusOf({ all }: Progress, interrupted: boolean): Report["status"] {
  const good = ["unchanged", "changed", "applied"];
  const allGood = all.every(({ state }) => state.kind === "ended" && good.includes(state.result.outcome));
  if (allGood) {
    return "done";
  }
  return interrupted ? "interrupted" : "failed";
}

async function openView({ stderr, env }: Shell, progress: Progress, colors: Colors): Promise<RolloutView> {
  return stderr === process.stderr && stderr.isTTY === true && !env["CI"]
    ? LiveView.open(progress, process.stderr, colors)
    : new LineView(progress, stderr, () => SYSTEM_CLOCK.now());
}
