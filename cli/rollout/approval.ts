import { createInterface } from "node:readline/promises";
import type { Shell } from "../shell";
import { UsageError } from "../errors";

/** Whether somebody sits at a terminal and can be asked. CI never can, whatever it pretends to be. */
export function canAsk({ stdin, stderr, env }: Shell): boolean {
  return stdin.isTTY === true && stderr.isTTY === true && !env["CI"];
}

/**
 * @throws UsageError when the command has to ask, and nobody can answer.
 */
export function checkCanAsk(shell: Shell, command: string): void {
  if (!canAsk(shell)) {
    throw new UsageError(
      `${command} asks before it changes anything, and nobody can answer here: add --yes, or look first with plan.`,
    );
  }
}

/**
 * Asks a question that only `yes` answers.
 *
 * @param signal Ends the question as a no.
 */
export async function ask(shell: Shell, question: string, signal: AbortSignal): Promise<boolean> {
  // Not as a terminal: Ctrl-C is to reach this process as ever, which counts it.
  const lines = createInterface({ input: shell.stdin, terminal: false });
  shell.stderr.write(`${question} Only "yes" goes on: `);
  try {
    return (await nextLine(lines, signal)).trim() === "yes";
  } finally {
    lines.close();
  }
}

function nextLine(lines: ReturnType<typeof createInterface>, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    lines.once("line", resolve);
    lines.once("close", () => resolve(""));
    signal.addEventListener("abort", () => resolve(""), { once: true });
    if (signal.aborted) resolve("");
  });
}
