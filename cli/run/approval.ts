import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { UsageError } from "../errors";
import type { Shell } from "../shell";

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
 * What was typed before a question stood there is no answer to it; a terminal hands it over within this time.
 */
const TYPED_AHEAD_MS = 100;

/**
 * Asks a question that only one word answers: what it is about, so that no answer fits two questions.
 *
 * @param signal Ends the question as a no.
 */
export async function ask(
  shell: Shell,
  question: string,
  expected: string,
  signal: AbortSignal,
): Promise<boolean> {
  // Not as a terminal: Ctrl-C is to reach this process as ever, which counts it.
  const lines = createInterface({ input: shell.stdin, terminal: false });
  try {
    const closed = once(lines, "close");
    await sleep(TYPED_AHEAD_MS);
    const answer = Promise.race([nextLine(lines, signal), closed.then(() => "")]);
    shell.stderr.write(`${question} Type ${JSON.stringify(expected)} to go on: `);
    return (await answer).trim() === expected;
  } finally {
    lines.close();
  }
}

function nextLine(lines: ReturnType<typeof createInterface>, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    lines.once("line", resolve);
    signal.addEventListener("abort", () => resolve(""), { once: true });
    if (signal.aborted) {
      resolve("");
    }
  });
}
