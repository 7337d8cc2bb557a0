import type { Progress, StackProgress } from "../rollout/progress";
import type { Output } from "../shell";
import { phaseName } from "../stack-target";
import { describeState, formatDuration } from "./describe";
import type { RolloutView } from "./view";

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

  pause(): void {}

  resume(): void {}

  close(): void {}

  private describe(stack: StackProgress): string {
    const took =
      stack.startedAt !== undefined && stack.endedAt !== undefined
        ? ` (${formatDuration(stack.endedAt - stack.startedAt)})`
        : "";
    return `${describeState(stack, this.now())}${took}`;
  }
}
