import type { Readable } from "node:stream";

/** The worker writes this to both of its outputs at the end of a run. */
const END = "\0end of run\0";

/**
 * Collects the output of a worker. Results come over another channel, which can be faster, so the worker
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
      let rest = "";
      stream.setEncoding("utf8");
      stream.on("data", (chunk: string) => (rest = this.add(rest + chunk)));
    }
  }

  /** Returns the output since the last call, once both outputs have ended the run or are closed. */
  async take(): Promise<string> {
    if (this.ends < this.streams && !this.closed) {
      await new Promise<void>((resolve) => (this.complete = resolve));
    }
    const text = this.text;
    this.text = "";
    this.ends = 0;
    return text;
  }

  /** The worker has ended: there is no more output. */
  close(): void {
    this.closed = true;
    this.complete();
  }

  /** Adds text and returns an end that may be the beginning of a mark. */
  private add(text: string): string {
    const parts = text.split(END);
    const last = parts.pop() ?? "";
    const open = last.lastIndexOf("\0");
    const rest = open !== -1 && END.startsWith(last.slice(open)) ? last.slice(open) : "";
    this.text += parts.join("") + last.slice(0, last.length - rest.length);
    this.ends += parts.length;
    if (this.ends >= this.streams) {
      this.complete();
    }
    return rest;
  }
}
