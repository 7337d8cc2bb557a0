import type { Progress, StackProgress } from "../rollout/progress";
import type { Output } from "../shell";
import { phaseName } from "../stack-target";
import { describeState, formatDuration, shortened } from "./describe";
import type { RolloutView } from "./view";

/** Longest text of a line. The full cause of a failure is in the result, once for all that share it. */
const LINE_WIDTH = 200;

/** One line for each change of state, with the time since the start: for logs, CI and pipes. */
export class LineView implements RolloutView {
  private readonly startedAt: number;

  constructor(
    progress: Progress,
    private readonly output: Output,
    private readonly now: () => number,
  ) {
    this.startedAt = now();
    progress.onChange((stack) => {
      // A line for each resource would fill the log.
      if (stack.state.kind !== "working" || stack.state.detail === undefined) {
        this.say(`${phaseName(stack.target)} / ${stack.target.name}: ${this.describe(stack)}`);
      }
    });
  }

  say(text: string): void {
    this.output.write(`${formatDuration(this.now() - this.startedAt).padStart(6)}  ${text}\n`);
  }

  besides(write: () => void): void {
    write();
  }

  pause(): void {}

  resume(): void {}

  close(): void {}

  private describe(stack: StackProgress): string {
    const took =
      stack.startedAt !== undefined && stack.endedAt !== undefined
        ? ` (${formatDuration(stack.endedAt - stack.startedAt)})`
        : "";
    return `${shortened(describeState(stack, this.now()), LINE_WIDTH)}${took}`;
  }
}
