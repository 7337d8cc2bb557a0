/** Time between two updates of a running step, in milliseconds. */
const TERMINAL_TICK_MS = 250;
const LOG_TICK_MS = 10_000;

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** Shows running steps: on a terminal in one line that is rewritten, elsewhere in a new line every 10 s. */
export class Screen {
  private readonly started = Date.now();

  constructor(private readonly out: Output = process.stdout) {}

  line(text = ""): void {
    this.out.write(`${text}\n`);
  }

  heading(text: string): void {
    this.line(`\n${text}`);
  }

  /**
   * Shows a step while it runs.
   *
   * @param title What the step does.
   * @param work Runs the step; `note` reports its progress.
   */
  async step<T>(title: string, work: (note: (text: string) => void) => Promise<T>): Promise<T> {
    const begin = Date.now();
    let note = "";
    const show = (mark: string, end: string) => {
      const seconds = `${((Date.now() - begin) / 1000).toFixed(1)} s`;
      const text = `  ${mark} ${title}${note === "" ? "" : `: ${note}`} (${seconds})`;
      this.out.write(this.out.isTTY === true ? `\r\u001b[2K${text}${end}` : `${text}\n`);
    };
    const tick = setInterval(() => show("…", ""), this.out.isTTY === true ? TERMINAL_TICK_MS : LOG_TICK_MS);
    try {
      const result = await work((text) => {
        note = text;
      });
      clearInterval(tick);
      show("✓", "\n");
      return result;
    } catch (error) {
      clearInterval(tick);
      show("✗", "\n");
      throw error;
    }
  }

  /** Time since the start, such as `134 s`. */
  get elapsed(): string {
    return `${Math.round((Date.now() - this.started) / 1000)} s`;
  }
}
