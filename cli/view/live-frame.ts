import { stripVTControlCharacters } from "node:util";
import type { StackProgress } from "../rollout/progress";
import type { Colors } from "../shell";
import { phaseName, phasesOf, type PhaseStacks } from "../stack-target";
import { describeState, formatDuration } from "./describe";

/** Size of the terminal, in characters. */
export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
}

/**
 * The lines of the live view: each wave with its counts, and below it as many of its running or failed
 * accounts as fit.
 *
 * @param now Milliseconds since 1970.
 */
export function liveFrame(
  stacks: readonly StackProgress[],
  now: number,
  size: FrameSize,
  colors: Colors,
): string[] {
  const phases = phasesOf(stacks, ({ target }) => target);
  // One line of the terminal stays free for the cursor.
  let room = size.rows - 1 - phases.length;
  return phases.flatMap((phase) => {
    const shown = phase.stacks.filter(isShown);
    const fitting = shown.slice(0, Math.max(0, shown.length > room ? room - 1 : room));
    const hidden = shown.length - fitting.length;
    room -= fitting.length + (hidden > 0 ? 1 : 0);
    return [
      cut(phaseLine(phase, now, colors), size.columns),
      ...fitting.map((stack) => stackLine(stack, now, size, colors)),
      ...(hidden > 0 && room >= 0 ? [colors.dim(`  and ${hidden} more`)] : []),
    ];
  });
}

function isShown({ state }: StackProgress): boolean {
  return (
    state.kind === "working" ||
    state.kind === "waiting" ||
    (state.kind === "ended" && state.result.outcome === "failed")
  );
}

function phaseLine({ phase, stacks }: PhaseStacks<StackProgress>, now: number, colors: Colors): string {
  const name = colors.bold(phaseName(phase));
  const begun = stacks.flatMap(({ startedAt }) => startedAt ?? []);
  if (begun.length === 0) {
    return `${name}  ${colors.dim(`${stacks.length} pending`)}`;
  }
  const ended = stacks.filter(({ state }) => state.kind === "ended");
  const failed = ended.filter(({ state }) => state.kind === "ended" && state.result.outcome === "failed");
  const last = ended.length === stacks.length ? Math.max(...ended.map(({ endedAt }) => endedAt ?? now)) : now;
  const counts = `${ended.length - failed.length} of ${stacks.length} done`;
  const failures = failed.length > 0 ? colors.red(`, ${failed.length} failed`) : "";
  return `${name}  ${counts}${failures}  ${colors.dim(formatDuration(last - Math.min(...begun)))}`;
}

function stackLine(stack: StackProgress, now: number, { columns }: FrameSize, colors: Colors): string {
  const elapsed = formatDuration((stack.endedAt ?? now) - (stack.startedAt ?? now));
  const line = cut(`  ${stack.target.name}  ${elapsed}  ${describeState(stack, now)}`, columns);
  if (stack.state.kind === "waiting") {
    return colors.yellow(line);
  }
  return stack.state.kind === "ended" ? colors.red(line) : line;
}

/** Fits text on one line: a wrapped line could not be redrawn. A cut line loses its colours. */
function cut(text: string, columns: number): string {
  const line = text.replace(/\s+/g, (space) => (space.includes("\n") ? " " : space));
  const plain = stripVTControlCharacters(line);
  return plain.length <= columns ? line : `${plain.slice(0, Math.max(0, columns - 1))}…`;
}
