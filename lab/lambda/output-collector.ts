import type { Readable } from "node:stream";

/** What the worker writes to both of its outputs when a run is over. */
const END = "\0end of run\0";

/**
 * Collects what a worker prints. Its answers come over another channel, which can be faster, so the worker
 * marks the end of each run in both outputs.
 */
export class OutputCollector {
  private readonly streams: number;
  private text = "";
  private ends = 0;
  private complete: () => void = () => undefined;
  private closed = false;

  constructor(streams: readonly Readable[]) {
    this.streams = streams.length;
    for (const stream of streams) {
      let held = "";
      stream.setEncoding("utf8");
      stream.on("data", (chunk: string) => (held = this.add(held + chunk)));
    }
  }

  /** What was printed since the last time, once the run's ends came in or the outputs were closed. */
  async take(): Promise<string> {
    if (this.ends < this.streams && !this.closed) {
      await new Promise<void>((resolve) => (this.complete = resolve));
    }
    const text = this.text;
    this.text = "";
    this.ends = 0;
    return text;
  }

  /** The worker is gone: nothing more will come. */
  close(): void {
    this.closed = true;
    this.complete();
  }

  /** Takes text in and answers what may be the beginning of a mark. */
  private add(text: string): string {
    const parts = text.split(END);
    const last = parts.pop() ?? "";
    const open = last.lastIndexOf("\0");
    const held = open !== -1 && END.startsWith(last.slice(open)) ? last.slice(open) : "";
    this.text += parts.join("") + last.slice(0, last.length - held.length);
    this.ends += parts.length;
    if (this.ends >= this.streams) {
      this.complete();
    }
    return held;
  }
}
