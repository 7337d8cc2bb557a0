import type { Progress } from "../rollout/progress";
import { SYSTEM_CLOCK } from "../rollout/stack-rollout";
import type { Colors } from "../shell";
import { liveFrame } from "./live-frame";
import type { RolloutView } from "./view";

const REDRAW_MS = 200;
const FALLBACK_SIZE = { columns: 80, rows: 24 };

/** The interface of log-update, which redraws in place. */
interface Redraw {
  (text: string): void;
  clear(): void;
  done(): void;
}

/** The waves and the running accounts, redrawn in place: for a terminal. */
export class LiveView implements RolloutView {
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly progress: Progress,
    private readonly output: NodeJS.WriteStream,
    private readonly redraw: Redraw,
    private readonly colors: Colors,
  ) {
    this.resume();
  }

  static async open(progress: Progress, output: NodeJS.WriteStream, colors: Colors): Promise<LiveView> {
    // An ES module that is only needed on terminals.
    const { createLogUpdate } = await import("log-update");
    return new LiveView(progress, output, createLogUpdate(output), colors);
  }

  say(text: string): void {
    this.besides(() => this.output.write(`${text}\n`));
  }

  besides(write: () => void): void {
    this.redraw.clear();
    write();
    this.draw();
  }

  pause(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.draw();
    this.redraw.done();
  }

  resume(): void {
    this.timer ??= setInterval(() => this.draw(), REDRAW_MS);
  }

  close(): void {
    this.pause();
  }

  private draw(): void {
    const { columns, rows } = this.output;
    const size = { columns: columns || FALLBACK_SIZE.columns, rows: rows || FALLBACK_SIZE.rows };
    this.redraw(liveFrame(this.progress.all, SYSTEM_CLOCK.now(), size, this.colors).join("\n"));
  }
}
