import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { UsageError } from "../errors";
import type { Shell } from "../shell";

/** Whether someone can answer a question. In CI nobody can, even if there is a terminal. */
export function canAsk({ stdin, stderr, env }: Shell): boolean {
  return stdin.isTTY === true && stderr.isTTY === true && !env["CI"];
}

/** @throws UsageError when nobody can answer. */
export function checkCanAsk(shell: Shell, command: string): void {
  if (!canAsk(shell)) {
    throw new UsageError(
      `${command} asks before it changes anything, but there is no terminal to ask on: add --yes, or run plan first.`,
    );
  }
}

/**
 * Input that was typed before the question must not answer it. A terminal delivers such input within this
 * time.
 */
const TYPED_AHEAD_MS = 100;

/**
 * Asks a question that is confirmed by typing a name, so that no answer fits two questions.
 *
 * @param signal When it aborts, the answer is no.
 */
export async function ask(
  shell: Shell,
  question: string,
  expected: string,
  signal: AbortSignal,
): Promise<boolean> {
  // Not as a terminal: Ctrl-C must still reach this process as a signal.
  const lines = createInterface({ input: shell.stdin, terminal: false });
  try {
    const closed = once(lines, "close");
    await sleep(TYPED_AHEAD_MS);
    const answer = Promise.race([nextLine(lines, signal), closed.then(() => "")]);
    shell.stderr.write(`${question} Type ${JSON.stringify(expected)} to continue: `);
    return (await answer).trim() === expected;
  } finally {
    lines.close();
  }
}

/** The next line; an empty one when the signal aborts. */
async function nextLine(lines: ReturnType<typeof createInterface>, signal: AbortSignal): Promise<string> {
  try {
    const [line] = (await once(lines, "line", { signal })) as [string];
    return line;
  } catch {
    return "";
  }
}
