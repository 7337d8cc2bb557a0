/**
 * Counts resources in the output of `cdktf deploy`, which names the stack only in the first line of a block.
 */
export class DeployProgress {
  private readonly counts = new Map<string, { planned: number; created: number }>();
  private stack = "";

  /** @returns The progress of every stack, such as `security 22/22, payments 3/31`. */
  read(line: string): string {
    this.stack = /^([\w-]+) {2}/.exec(line)?.[1] ?? this.stack;
    const planned = /Plan: (\d+) to add/.exec(line)?.[1];
    const count = this.counts.get(this.stack) ?? { planned: 0, created: 0 };
    if (planned !== undefined) {
      this.counts.set(this.stack, { ...count, planned: Number(planned) });
    } else if (line.includes(": Creation complete")) {
      this.counts.set(this.stack, { ...count, created: count.created + 1 });
    }
    return [...this.counts].map(([name, of]) => `${name} ${of.created}/${of.planned}`).join(", ");
  }
}
